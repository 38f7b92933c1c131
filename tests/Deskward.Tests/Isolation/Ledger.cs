using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Xunit;

namespace Deskward.Isolation;

/// <summary>Everything that stands in the database: per table the number of rows and a digest of them.</summary>
internal sealed class Ledger
{
    /// <summary>Tables that the service writes to by itself, or because somebody was recognised; the closed list, each with its reason.</summary>
    private static readonly Dictionary<string, string> Moving = new()
    {
        ["audit_links"] = "the sealer chains what was written before",
        ["audit_unchained"] = "the sealer chains what was written before",
        ["audit_checkpoints"] = "signed hourly",
        ["audit_keys"] = "made with the first checkpoint",
        ["grants_uses"] = "what a provider's person looked at before is written a moment later",
        ["identity_sessions"] = "tells when a person was last seen",
        ["desired_trend"] = "counted by the hour",
        ["notices_mails"] = "the outbox mails what was told before",
        ["platform_data_protection_keys"] = "made with the first cookie",
    };

    private readonly SortedDictionary<string, string> _tables = new(StringComparer.Ordinal);

    /// <summary>Of all organisations, or of one.</summary>
    internal static Task<Ledger> OfAsync(TestService service, Guid? tenant = null) => service.QueryAsync(async db =>
    {
        var ledger = new Ledger();
        foreach (var table in db.Model.GetEntityTypes().Select(type => type.GetTableName()).OfType<string>().Distinct().Where(table => !Moving.ContainsKey(table)))
        {
            var rows = (await RowsAsync(db, table, tenant)).Select(row => string.Join('|', row.Select(column => $"{column.Key}={column.Value}"))).Order(StringComparer.Ordinal).ToList();
            ledger._tables[table] = $"{rows.Count} rows, {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', rows))))[..16]}";
        }

        return ledger;
    }, tenant is { } one ? [one] : []);

    /// <summary>The rows of a table as texts, by column.</summary>
    internal static async Task<List<Dictionary<string, string>>> RowsAsync(DeskwardContext db, string table, Guid? tenant = null)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        command.CommandText = "SELECT * FROM " + table;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Dictionary<string, string>>();
        while (await reader.ReadAsync())
        {
            var row = Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, at => Text(reader.GetValue(at)), StringComparer.Ordinal);
            if (tenant is null || string.Equals(row.GetValueOrDefault("tenant_id") ?? (table == "tenants_organisations" ? row["id"] : null), tenant.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    internal void IsStill(Ledger before) => Assert.Equal(string.Join('\n', before._tables), string.Join('\n', _tables));

    private static string Text(object value) => value is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
