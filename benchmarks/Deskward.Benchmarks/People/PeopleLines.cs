using System.Globalization;
using Deskward.Benchmarks.LargeFleet;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Benchmarks.People;

/// <summary>The list of a customer's hundred thousand people, as its owner asks for it.</summary>
internal sealed class PeopleLines(BenchOptions options, BenchDatabases databases, Engine engine)
{
    private const double PageLimit = 100;
    private readonly int _people = options.Quick ? 2_000 : 100_000;

    private string On => BenchDatabases.NameOf(engine);

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        var settings = await databases.CreateAsync(engine);
        await using var service = await TestService.StartAsync(settings);
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        var owner = await service.AddPersonAsync(customer, "zz-owner", Role.CustomerOwner);
        await MakeAsync(settings, owner, customer.Domain);
        using var visitor = await PortalVisitor.SignInAsync(settings, owner.UserName!);
        var last = _people / 50;
        (string Name, Func<int, string> Address, string MustHold)[] pages =
        [
            ("first page, counted", _ => "/people", "person"),
            (string.Create(CultureInfo.InvariantCulture, $"page {last}"), _ => string.Create(CultureInfo.InvariantCulture, $"/people?page={last}"), "person"),
            ("begins with", number => string.Create(CultureInfo.InvariantCulture, $"/people?match=begins&q=person{number % 90 + 10}"), "person"),
            ("is exactly", number => string.Create(CultureInfo.InvariantCulture, $"/people?match=equals&q=person{number + 1}%40{customer.Domain}"), "person"),
            ("part of a name", number => string.Create(CultureInfo.InvariantCulture, $"/people?q=given{number % 100}+family{number % 7}"), "person"),
        ];
        foreach (var (name, address, mustHold) in pages)
        {
            yield return BenchLine.AtMost($"people: {name}, p99, {On}", await visitor.SlowestAsync(options.Quick, address, mustHold), "ms", PageLimit);
        }
    }

    private async Task MakeAsync(ServiceSettings settings, Person owner, string domain)
    {
        var sql = new FleetSql(settings.IsSqlite, owner.TenantId, _people);
        await using var db = BenchDatabases.Open(settings);
        await BenchDatabases.ExecuteAsync(settings, sql.Numbers(), sql.People(db.Model, owner.Id, domain), settings.IsSqlite ? "ANALYZE" : "VACUUM ANALYZE identity_people");
    }
}
