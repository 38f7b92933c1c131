using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Audit;

/// <summary>
/// Deletes the trail of an organisation that is being deleted. On PostgreSQL the service role may not delete audit rows: a function with the
/// owner's rights does it, which looks for itself whether the deletion is due.
/// </summary>
public static class AuditForgetting
{
    private const string Table = "<table>";
    private const string Delete = "DELETE FROM <table> WHERE rowid IN (SELECT rowid FROM <table> WHERE tenant_id = {0} LIMIT {1})";

    /// <summary>The tables of the trail, in the order in which they can be emptied.</summary>
    public static IReadOnlyList<string> Tables { get; } = ["audit_unchained", "audit_links", "audit_checkpoints", "audit_keys", "audit_entries"];

    /// <summary>Deletes in the transaction of the caller, who has the organisation open.</summary>
    /// <param name="db">A context with a transaction.</param>
    /// <param name="organisation">Whose trail.</param>
    /// <param name="most">How many rows of each table.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>How many rows of each table; all zero when nothing is left.</returns>
    public static async Task<IReadOnlyDictionary<string, long>> ForgetAsync(DeskwardContext db, Guid organisation, int most, CancellationToken cancellationToken)
    {
        if (!db.IsSqlite)
        {
            var told = await db.Database.SqlQuery<Forgotten>($"SELECT name, deleted FROM deskward_forget_audit({organisation}, {most})").ToListAsync(cancellationToken);
            return told.ToDictionary(row => row.Name, row => row.Deleted);
        }

        var deleted = new Dictionary<string, long>();
        foreach (var table in Tables)
        {
            deleted[table] = await db.Database.ExecuteSqlRawAsync(Delete.Replace(Table, table, StringComparison.Ordinal), [organisation, most], cancellationToken);
        }

        return deleted;
    }

    private sealed record Forgotten(string Name, long Deleted);
}
