using System.Globalization;

namespace Deskward.Benchmarks.AuditTrail;

/// <summary>Statements that write a year's audit of a large customer as the product writes it: entries of the usual size, waiting for the sealer.</summary>
internal sealed class AuditSql(bool sqlite, Guid tenant, int rows)
{
    private const string Columns = "id, tenant_id, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, object_name, before, after, salt";
    private readonly string _tenant = sqlite ? $"'{tenant.ToString().ToUpperInvariant()}'" : $"'{tenant}'::uuid";

    internal IEnumerable<string> Statements() => [sqlite ? Sqlite() : Postgres(), Queue()];

    private string Postgres() => $$"""
        INSERT INTO audit_entries ({{Columns}})
        SELECT ('01900000-' || substr(h, 1, 4) || '-7' || substr(h, 5, 3) || '-8' || substr(h, 8, 1) || '00-' || lpad(to_hex((i::bigint * 7919) % 1000003), 12, '0'))::uuid, {{_tenant}},
            timestamptz '2026-01-01 00:00:00Z' + i * interval '31 seconds', 'Person', {{_tenant}}, 'alice@contoso.example', 'person.change', 'person', {{_tenant}}, 'Person ' || i,
            '{"name":"Person ' || i || '","isEnabled":true,"role":"None"}', '{"name":"Person ' || i || '","isEnabled":false,"role":"None"}', uuid_send(gen_random_uuid())
        FROM (SELECT i, lpad(to_hex(i), 8, '0') AS h FROM generate_series(1, {{Text(rows)}}) AS i) AS n
        """;

    private string Sqlite() => $$"""
        INSERT INTO audit_entries ({{Columns}})
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {{Text(rows)}})
        SELECT '01900000-' || substr(printf('%08X', i), 1, 4) || '-7' || substr(printf('%08X', i), 5, 3) || '-8' || substr(printf('%08X', i), 8, 1) || '00-' || printf('%012X', (i * 7919) % 1000003), {{_tenant}},
            1767225600000000 + i * 31000000, 'Person', {{_tenant}}, 'alice@contoso.example', 'person.change', 'person', {{_tenant}}, 'Person ' || i,
            '{"name":"Person ' || i || '","isEnabled":true,"role":"None"}', '{"name":"Person ' || i || '","isEnabled":false,"role":"None"}', randomblob(16)
        FROM n
        """;

    private string Queue() => $"""
        INSERT INTO audit_unchained (tenant_id, position, entry_id) SELECT tenant_id, row_number() OVER (ORDER BY id), id FROM audit_entries WHERE tenant_id = {_tenant} AND action = 'person.change'
        """;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
