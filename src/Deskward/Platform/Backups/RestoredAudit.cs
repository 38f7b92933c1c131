using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;

namespace Deskward.Platform.Backups;

/// <summary>
/// Writes, with a restore, an audit row for each organisation, so that the trail tells where rows may have been lost, those written after the backup was made,
/// and what ended with the restore (<see cref="RestoredAccess"/>). It waits for its place in the chain like any other row. Plain statements, because the audit
/// stands above the platform.
/// </summary>
internal static class RestoredAudit
{
    private const string Entry = """
        INSERT INTO audit_entries (id, tenant_id, at, actor_kind, actor_name, action, object_kind, object_name, after, salt)
        VALUES ($1, $2, $3, 'Service', 'Deskward', 'backup.restore', 'backup', '', $4, $5)
        """;

    private const string Queue = "INSERT INTO audit_unchained (tenant_id, position, entry_id) VALUES ($1, $2, $3)";

    internal static async Task<RestoredReport> WriteAsync(DbConnection connection, DateTimeOffset backupAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sql = new PlainSql(connection);
        var organisations = await sql.ReadAsync("SELECT id, name FROM tenants_organisations ORDER BY name, id", [], row => (Id: row.GetGuid(0), Name: row.GetString(1)), cancellationToken);
        List<RestoredOrganisation> told = [];
        foreach (var (tenant, name) in organisations)
        {
            var ended = await RestoredAccess.EndAsync(sql, tenant, now, cancellationToken);
            var id = Guid.CreateVersion7();
            var after = JsonSerializer.Serialize(new { BackupAt = backupAt, ended.Sessions, ended.Grants, ended.MailLinks, ended.EnrolmentCodes }, JsonSerializerOptions.Web);
            await sql.RunAsync(Entry, [id, tenant, sql.Instant(now), after, RandomNumberGenerator.GetBytes(16)], cancellationToken);
            await sql.RunAsync(Queue, [tenant, now.Microseconds(), id], cancellationToken);
            told.Add(new RestoredOrganisation(name, ended, await RestoredAccess.StandsAgainAsync(sql, tenant, now, cancellationToken)));
        }

        return new RestoredReport(backupAt, told);
    }
}
