using System.Runtime.CompilerServices;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Audit;

/// <summary>A customer of its own with a trail, on a node; and the hand of somebody who gets at the database past the service.</summary>
internal sealed class AuditGround
{
    private AuditGround(TestService service, Organisation customer) => (Service, Customer) = (service, new NamedOrganisation(customer.Id, customer.Name));

    internal TestService Service { get; set; }

    internal NamedOrganisation Customer { get; }

    internal Guid Tenant => Customer.Id;

    /// <summary>A trail of this many rows beside those that making the customer writes, all of them chained.</summary>
    internal static async Task<AuditGround> OnAsync(TestService service, int rows = 10)
    {
        await service.ProviderAsync();
        var ground = new AuditGround(service, await service.AddCustomerAsync());
        await ground.WriteAsync(rows);
        await ground.SealAsync();
        return ground;
    }

    internal Task<int> WriteAsync(int rows, string name = "Thing") => Service.InScopeAsync(provider =>
    {
        for (var number = 0; number < rows; number++)
        {
            provider.GetRequiredService<AuditTrail>().Record(Tenant, "thing.change", Guid.CreateVersion7(), $"{name} {number}", new { Number = number }, new { Number = number + 1, 名 = "桌" });
        }

        return provider.GetRequiredService<DeskwardContext>().SaveChangesAsync();
    }, Tenant);

    internal Task<int> SealAsync() => Service.Provider.GetRequiredService<Sealer>().SealAsync(Tenant, CancellationToken.None);

    internal Task<bool> SignAsync() => Service.Provider.GetRequiredService<AuditCheckpoints>().SignAsync(Tenant, TimeSpan.Zero, CancellationToken.None);

    /// <summary>What the customer keeps elsewhere.</summary>
    internal async Task<CheckpointFile> CheckpointAsync() => CheckpointFile.Parse(
        (await Service.Provider.GetRequiredService<AuditCheckpoints>().FileAsync(Tenant, Customer.Name, CancellationToken.None))!, "mail");

    internal async Task<Verdict> VerifyAsync(params CheckpointFile[] given)
    {
        await using var chain = await DatabaseChain.OpenAsync(Service.Provider.GetRequiredService<IServiceScopeFactory>(), Customer, CancellationToken.None);
        return await ChainVerifier.VerifyAsync(chain, new Trust(given, []), CancellationToken.None);
    }

    internal Task<List<AuditLink>> LinksAsync() => QueryAsync(db => db.Set<AuditLink>().AsNoTracking().OrderBy(link => link.Sequence).ToListAsync());

    internal Task<AuditEntry> EntryAsync(long sequence) => QueryAsync(db => db.Set<AuditEntry>().AsNoTracking()
        .SingleAsync(entry => db.Set<AuditLink>().Any(link => link.TenantId == Tenant && link.Sequence == sequence && link.EntryId == entry.Id)));

    internal Task<Outcome<int>> EraseAsync(params Guid[] entries) => Service.InScopeAsync(
        provider => provider.GetRequiredService<AuditErasure>().EraseAsync(Tenant, entries, "She asked for it.", CancellationToken.None), Tenant);

    internal Task<T> QueryAsync<T>(Func<DeskwardContext, Task<T>> query) => Service.QueryAsync(query, Tenant);

    /// <summary>Changes the database as its owner: past the service and its rights.</summary>
    internal async Task TamperAsync(params FormattableString[] statements)
    {
        await using var source = Service.Settings.IsSqlite ? null : Npgsql.NpgsqlDataSource.Create(Service.Settings.OwnerDatabase + ";Pooling=false");
        await using DeskwardContext db = source is null
            ? new SqliteContext((DbContextOptions<SqliteContext>)Database.UseSqlite(new DbContextOptionsBuilder<SqliteContext>(), Service.Settings).Options, new TenantScope())
            : new PostgresContext((DbContextOptions<PostgresContext>)Database.UsePostgres(new DbContextOptionsBuilder<PostgresContext>(), source).Options, new TenantScope());
        foreach (var statement in statements)
        {
            await db.Database.ExecuteSqlAsync(statement);
        }
    }

    /// <summary>Exports to a file of its own.</summary>
    internal async Task<string> ExportAsync()
    {
        var file = Path.Combine(Service.Settings.Data, $"export-{Guid.CreateVersion7():n}.jsonl");
        await using var target = File.Create(file);
        await Service.Provider.GetRequiredService<AuditExport>().WriteAsync(Customer, Actor.Service, target, CancellationToken.None);
        return file;
    }

    internal static async Task<Verdict> VerifyFileAsync(string file, Trust? trust = null)
    {
        await using var chain = await FileChain.OpenAsync(file, CancellationToken.None);
        return await ChainVerifier.VerifyAsync(chain, trust ?? Trust.Nothing, CancellationToken.None);
    }

    /// <summary>The id of the entry at a place, as a sub-select for <see cref="TamperAsync"/>.</summary>
    internal FormattableString At(string update, long sequence) =>
        FormattableStringFactory.Create(update + " id = (SELECT entry_id FROM audit_links WHERE tenant_id = {0} AND sequence = {1})", Tenant, sequence);
}
