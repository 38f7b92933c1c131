using Deskward.Audit;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Organisations;

/// <summary>Deletes every row of a customer, and proves it to the provider.</summary>
public sealed class Deletion(
    DeskwardContext db, TenantScope scope, AuditExport audit, SignedStatements statements, AuditTrail trail, IEnumerable<OrganisationDeleting> deleting, TimeProvider time)
{
    /// <summary>Rows that one transaction deletes, so that others need not wait long.</summary>
    internal const int Part = 5_000;

    /// <summary>What was under way when people, certificates and tokens went has ended after this time, and nobody can begin anything new.</summary>
    internal static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    private const string Table = "<table>";
    private const string All = "DELETE FROM <table> WHERE tenant_id = {0}";
    private const string SomeOnPostgres = "DELETE FROM <table> WHERE ctid = ANY (ARRAY(SELECT ctid FROM <table> WHERE tenant_id = {0} LIMIT {1}))";
    private const string SomeOnSqlite = "DELETE FROM <table> WHERE rowid IN (SELECT rowid FROM <table> WHERE tenant_id = {0} LIMIT {1})";

    /// <summary>
    /// 1. Deletion begins: from here on there is no way back. 2. The audit is chained to its end and signed. 3. The tables are emptied, a part in each transaction, each
    /// of which also counts in the proof: whatever breaks off goes on from there. 4. Some minutes later, what was written meanwhile is deleted too, and the customer
    /// itself; the proof is signed. Called again until the customer is gone.
    /// </summary>
    internal async Task DeleteAsync(Guid provider, Guid customer, CancellationToken cancellationToken)
    {
        scope.Open([customer, provider]);
        if (await BeginAsync(provider, customer, cancellationToken) is not { } proof) // 1
        {
            return;
        }

        if (proof is { Checkpoint: null, Rows: 0 } && await audit.CheckpointAsync(new NamedOrganisation(customer, proof.Name), cancellationToken) is { } checkpoint) // 2
        {
            await InPartAsync(customer, row => Task.FromResult(row.Checkpoint = checkpoint), cancellationToken);
        }

        if (proof.EmptiedAt is null)
        {
            await EmptyAsync(customer, cancellationToken); // 3
        }
        else if (proof.EmptiedAt + Rest <= time.Now())
        {
            await InPartAsync(customer, row => EndAsync(row, cancellationToken), cancellationToken); // 4
        }
    }

    private async Task<DeletionProof?> BeginAsync(Guid provider, Guid customer, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync(OrganisationLife.LockName(customer), cancellationToken);
        var (organisation, proof) = (await db.Set<Organisation>().SingleOrDefaultAsync(row => row.Id == customer, cancellationToken), await db.Set<DeletionProof>().SingleOrDefaultAsync(row => row.Organisation == customer, cancellationToken));
        if (organisation is { State: OrganisationState.Leaving, DeleteAt: { } due } && due <= time.Now()
            && await db.Set<Departure>().OpenOfAsync(customer, cancellationToken) is { ApprovedAt: { } approved } departure)
        {
            organisation.Move(OrganisationState.Deleting, organisation.StateReason, time.Now(), organisation.DeleteAt);
            proof = new DeletionProof
            {
                TenantId = provider, Organisation = customer, Name = organisation.Name, Domain = organisation.Domain, ApprovedAt = approved, ApprovedBy = departure.ApprovedBy ?? "", ExportedAt = departure.ExportedAt, BegunAt = time.Now(),
            };
            db.Add(proof);
            trail.Record(customer, "organisation.deletion", customer, organisation.Name);
            db.Announce(new Change(OrganisationList.ChangeKind, customer, customer));
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        db.ChangeTracker.Clear();
        return organisation?.State == OrganisationState.Deleting ? proof : null;
    }

    private async Task EmptyAsync(Guid customer, CancellationToken cancellationToken)
    {
        await InPartAsync(customer, row => RunHooksAsync(row, cancellationToken), cancellationToken);
        foreach (var table in OwnedTables.ChildrenFirst(db.Model).Except(OwnedTables.Last(db.Model)).Except(AuditForgetting.Tables))
        {
            await RepeatAsync(customer, async row => Count(row, table, await DeleteAsync(table, db.IsSqlite ? SomeOnSqlite : SomeOnPostgres, customer, Part)), cancellationToken);
        }

        await RepeatAsync(customer, row => ForgetAsync(row, Part, cancellationToken), cancellationToken);
        await InPartAsync(customer, row => Task.FromResult(row.EmptiedAt = time.Now()), cancellationToken);
    }

    private async Task<bool> EndAsync(DeletionProof proof, CancellationToken cancellationToken)
    {
        await RunHooksAsync(proof, cancellationToken);
        await ForgetAsync(proof, int.MaxValue, cancellationToken);
        foreach (var table in OwnedTables.ChildrenFirst(db.Model).Except(AuditForgetting.Tables))
        {
            Count(proof, table, await DeleteAsync(table, All, proof.Organisation));
        }

        proof.DeletedAt = time.Now();
        proof.Document = await statements.SignAsync(db, proof.TenantId, proof.Describe(), cancellationToken);
        trail.Record(proof.TenantId, "organisation.delete", proof.Organisation, proof.Name, after: new { proof.Domain, proof.Rows, proof.ApprovedBy });
        db.Announce(new Change(OrganisationList.ChangeKind, proof.Organisation, proof.Organisation));
        return true;
    }

    private async Task<long> RunHooksAsync(DeletionProof proof, CancellationToken cancellationToken)
    {
        foreach (var hook in deleting)
        {
            foreach (var (table, rows) in await hook(db, proof.Organisation, cancellationToken))
            {
                Count(proof, table, rows);
            }
        }

        return 0;
    }

    private async Task<long> ForgetAsync(DeletionProof proof, int most, CancellationToken cancellationToken)
    {
        var told = await AuditForgetting.ForgetAsync(db, proof.Organisation, most, cancellationToken);
        return told.Sum(pair => Count(proof, pair.Key, pair.Value));
    }

    private static long Count(DeletionProof proof, string table, long rows)
    {
        proof.Add(table, rows);
        return rows;
    }

    private Task<int> DeleteAsync(string table, string sql, params object[] arguments) => db.Database.ExecuteSqlRawAsync(sql.Replace(Table, table, StringComparison.Ordinal), arguments);

    private async Task RepeatAsync(Guid customer, Func<DeletionProof, Task<long>> work, CancellationToken cancellationToken)
    {
        while (await InPartAsync(customer, work, cancellationToken) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Does a part in a transaction of its own, unless another node has ended the deletion meanwhile.</summary>
    private async Task<T?> InPartAsync<T>(Guid customer, Func<DeletionProof, Task<T>> work, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync(OrganisationLife.LockName(customer), cancellationToken);
        var proof = await db.Set<DeletionProof>().SingleAsync(row => row.Organisation == customer, cancellationToken);
        if (proof.DeletedAt is not null)
        {
            return default;
        }

        var result = await work(proof);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }
}
