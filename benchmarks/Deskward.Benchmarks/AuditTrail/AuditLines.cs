using System.Diagnostics;
using System.Globalization;
using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks.AuditTrail;

/// <summary>One organisation with a million audit rows: how soon a burst is chained behind them, and how long it takes to verify all of them.</summary>
internal sealed class AuditLines(BenchOptions options, BenchDatabases databases, Engine engine)
{
    private const double VerifyLimit = 10;
    private const double ChainedLimit = 1_000;
    private const int Burst = 10_000;
    private readonly string _on = BenchDatabases.NameOf(engine);
    private readonly int _rows = options.Quick ? 20_000 : 1_000_000;
    private readonly int _rounds = options.Quick ? 1 : 3;

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        var settings = await databases.CreateAsync(engine);
        await using var service = await TestService.StartAsync(settings);
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        var named = new NamedOrganisation(customer.Id, customer.Name);
        await BenchDatabases.ExecuteAsync(settings, new AuditSql(settings.IsSqlite, customer.Id, _rows).Statements());
        await service.Provider.GetRequiredService<Sealer>().SealAsync(customer.Id, CancellationToken.None);
        await BenchDatabases.ExecuteAsync(settings, settings.IsSqlite ? "ANALYZE" : "VACUUM ANALYZE audit_entries, audit_links, audit_unchained");
        var chained = new List<double>();
        for (var round = 0; round < _rounds; round++)
        {
            chained.Add(await BurstAsync(service, customer.Id));
        }

        yield return BenchLine.AtMost(string.Create(CultureInfo.InvariantCulture, $"audit: {Burst} rows of one burst chained, {_on}"), Figures.Median(chained), "ms", ChainedLimit);
        await service.Provider.GetRequiredService<AuditCheckpoints>().SignAsync(customer.Id, TimeSpan.Zero, CancellationToken.None);
        var verified = new List<double>();
        for (var round = 0; round < _rounds; round++)
        {
            verified.Add(await VerifyAsync(service, named));
        }

        var name = options.Quick ? string.Create(CultureInfo.InvariantCulture, $"{_rows} rows") : "one million rows";
        yield return BenchLine.AtMost($"audit: {name} verify, {_on}", Figures.Median(verified), "s", VerifyLimit);
    }

    /// <summary>Milliseconds from the commit of the burst until nothing waits.</summary>
    private static Task<double> BurstAsync(TestService service, Guid tenant) => service.InScopeAsync(async provider =>
    {
        var db = provider.GetRequiredService<DeskwardContext>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        for (var number = 0; number < Burst; number++)
        {
            provider.GetRequiredService<Audit.AuditTrail>().Record(tenant, "person.change", Guid.CreateVersion7(), $"Person {number}", new { IsEnabled = true }, new { IsEnabled = false });
        }

        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        var clock = Stopwatch.StartNew();
        while (await db.Set<UnchainedEntry>().AnyAsync())
        {
            await Task.Delay(5);
        }

        return clock.Elapsed.TotalMilliseconds;
    }, tenant);

    private async Task<double> VerifyAsync(TestService service, NamedOrganisation customer)
    {
        var clock = Stopwatch.StartNew();
        await using var chain = await DatabaseChain.OpenAsync(service.Provider.GetRequiredService<IServiceScopeFactory>(), customer, CancellationToken.None);
        var verdict = await ChainVerifier.VerifyAsync(chain, Trust.Nothing, CancellationToken.None);
        return verdict.Flaw is null && verdict.Rows > _rows ? clock.Elapsed.TotalSeconds : throw new InvalidOperationException(verdict.ToString());
    }
}
