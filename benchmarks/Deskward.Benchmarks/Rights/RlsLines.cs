using System.Globalization;
using Deskward.Audit;
using Deskward.Benchmarks.AuditTrail;
using Deskward.Benchmarks.LargeFleet;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks.Rights;

/// <summary>
/// What row-level security costs on the list pages: the same pages of the same database from two nodes, one of which connects as a role that it does not bind.
/// They take turns.
/// </summary>
internal sealed class RlsLines(BenchOptions options, BenchDatabases databases)
{
    private const double LimitPercent = 15;
    private const int AtOnce = 2;
    private readonly int _customers = options.Quick ? 3 : 10;
    private readonly int _rows = options.Quick ? 600 : 100_000;

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        var settings = await databases.CreateAsync(Engine.Postgres);
        var estate = await BoardEstate.CreateAsync(settings, _customers, _rows);
        await BenchDatabases.ExecuteAsync(settings, new AuditSql(sqlite: false, estate.Customers[0], _rows).Statements().Append("VACUUM ANALYZE"));
        await using var bound = await TestService.StartAsync(settings);
        await using var free = await TestService.StartAsync(settings with { Database = settings.OwnerDatabase!, PublicUrl = TestService.NewSettings().PublicUrl, ManagementUrl = TestService.NewSettings().ManagementUrl });
        var customer = await bound.QueryAsync(db => db.Set<Organisation>().SingleAsync(row => row.Id == estate.Customers[0]));
        var owner = await bound.AddPersonAsync(customer, "zz-owner", Role.CustomerOwner, Role.ItAdministrator);
        await bound.Provider.GetRequiredService<Sealer>().SealAsync(customer.Id, CancellationToken.None);
        using var here = await PortalVisitor.SignInAsync(bound.Settings, owner.UserName!);
        using var there = await PortalVisitor.SignInAsync(free.Settings, owner.UserName!);
        foreach (var (name, address, mustHold) in new[] { ("devices", "/devices", "EXAMPLE"), ("people", "/people", "Example"), ("audit", "/audit", "alice@contoso.example") })
        {
            var (_, ratio) = await Figures.PairsAsync(options.Pairs, _ => MillisecondsAsync(here, address, mustHold), _ => MillisecondsAsync(there, address, mustHold));
            yield return BenchLine.AtMost(string.Create(CultureInfo.InvariantCulture, $"rls: share of the page of {name}, {_rows} rows"), Math.Max(0, (ratio - 1) * 100), "%", LimitPercent);
        }
    }

    private async Task<double> MillisecondsAsync(PortalVisitor visitor, string address, string mustHold) =>
        Figures.Median(await visitor.AskAsync(options.Quick ? 10 : 200, AtOnce, _ => address, mustHold));
}
