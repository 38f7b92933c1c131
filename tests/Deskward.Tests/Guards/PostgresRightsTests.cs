using Deskward.Fixture;
using Npgsql;
using Xunit;

namespace Deskward.Guards;

/// <summary>What PostgreSQL itself holds the service to, asked of its catalogue.</summary>
public sealed class PostgresRightsTests(Services services) : IAsyncLifetime
{
    /// <summary>Tables that row-level security does not bind to the setting: not enabled, not forced, or with no or a further policy. Reading at the standing level, and what the provider released, are the only further ones.</summary>
    private const string Unguarded = """
        SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity
          AND (SELECT count(*) FILTER (WHERE p.polname = 'tenant') = 1 AND bool_and(p.polroles = '{0}' AND (
                 (p.polname = 'tenant' AND p.polcmd = '*' AND pg_get_expr(p.polqual, p.polrelid) LIKE '%tenant_id%deskward.tenants%'
                   AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%tenant_id%deskward.tenants%')
                 OR (p.polname = 'standing' AND p.polcmd = 'r' AND pg_get_expr(p.polqual, p.polrelid) LIKE '%tenant_id%deskward.standing%')
                 OR (p.polname = 'published' AND p.polcmd = 'r' AND c.relname IN ('desired_policy_sets', 'desired_policy_set_versions')
                   AND pg_get_expr(p.polqual, p.polrelid) LIKE '(is_published AND %deskward.tenants%tenant_id = %deskward_provider()%')))
               FROM pg_policy p WHERE p.polrelid = c.oid))
        """;

    /// <summary>Functions that run with their owner's rights and could be led astray (search_path open, or temporary objects first) or be called by anybody.</summary>
    private const string OpenDefiners = """
        SELECT p.proname FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
          AND (NOT coalesce(array_to_string(p.proconfig, ';') ~ 'search_path=[^;]*pg_temp$', false)
            OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE'))
        """;

    private const string OwnedByService = "SELECT c.relname FROM pg_class c WHERE c.relowner = (SELECT oid FROM pg_roles WHERE rolname = $1)";

    private static readonly string[] Audit = ["audit_entries", "audit_links", "audit_checkpoints", "audit_keys"];

    private NpgsqlConnection _administrator = null!;
    private string _role = "";

    public async ValueTask InitializeAsync()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        var target = new NpgsqlConnectionStringBuilder(settings.Database);
        _role = target.Username!;
        _administrator = new NpgsqlConnection((await services.PostgresAsync()).Connection(target.Database!, "postgres") + ";Pooling=false");
        await _administrator.OpenAsync();
    }

    public ValueTask DisposeAsync() => _administrator.DisposeAsync();

    [Fact]
    public async Task Row_level_security_binds_every_table_that_is_not_on_the_closed_list() =>
        Nothing.In((await NamesAsync(Unguarded)).Except(ModelTests.OutsideTenancy.Keys).Except(["platform_migrations"]));

    [Theory]
    [InlineData("ALTER TABLE groups_groups NO FORCE ROW LEVEL SECURITY")]
    [InlineData("ALTER TABLE groups_groups DISABLE ROW LEVEL SECURITY")]
    [InlineData("DROP POLICY tenant ON groups_groups")]
    [InlineData("CREATE POLICY more ON groups_groups USING (true)")]
    [InlineData("CREATE POLICY standing ON groups_groups FOR SELECT USING (true)")]
    [InlineData("CREATE POLICY published ON groups_groups FOR SELECT USING (true)")]
    [InlineData("DROP POLICY tenant ON groups_groups; CREATE POLICY tenant ON groups_groups USING (true) WITH CHECK (true)")]
    public async Task A_table_whose_security_is_weakened_is_found(string change)
    {
        await NamesAsync(change);
        Assert.Contains("groups_groups", await NamesAsync(Unguarded));
    }

    [Fact]
    public async Task Functions_with_their_owners_rights_are_closed() => Nothing.In(await NamesAsync(OpenDefiners));

    [Theory]
    [InlineData("SET search_path = pg_catalog, public, pg_temp", "")]
    [InlineData("SET search_path = public", "REVOKE ALL ON FUNCTION astray() FROM PUBLIC")]
    [InlineData("", "REVOKE ALL ON FUNCTION astray() FROM PUBLIC")]
    public async Task A_function_that_is_open_is_found(string path, string revoke)
    {
        await NamesAsync($"CREATE FUNCTION astray() RETURNS int LANGUAGE sql SECURITY DEFINER {path} AS 'SELECT 1'; {revoke}");
        Assert.Contains("astray", await NamesAsync(OpenDefiners));
    }

    [Fact]
    public async Task The_service_role_is_a_plain_role()
    {
        Assert.Empty(await NamesAsync("SELECT rolname FROM pg_roles WHERE rolname = $1 AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)", _role));
        Assert.Empty(await NamesAsync("SELECT r.rolname FROM pg_roles r WHERE r.rolname <> $1 AND pg_has_role($1, r.oid, 'MEMBER')", _role));
        Assert.Empty(await NamesAsync(OwnedByService, _role));
        Assert.Empty(await NamesAsync("SELECT 'may create' WHERE has_schema_privilege($1, 'public', 'CREATE')", _role));
        await NamesAsync($"ALTER TABLE groups_groups OWNER TO {_role}");
        Assert.Contains("groups_groups", await NamesAsync(OwnedByService, _role));
    }

    [Fact]
    public async Task The_service_role_can_neither_change_nor_empty_what_must_stay()
    {
        const string Sql = "SELECT t FROM unnest($2::text[]) t WHERE has_table_privilege($1, t, $3)";
        var tables = await NamesAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
        Assert.Empty(await NamesAsync(Sql, _role, Audit, "UPDATE, DELETE, TRUNCATE"));
        Assert.Empty(await NamesAsync(Sql, _role, tables.Where(name => name == "platform_migrations").ToArray(), "INSERT, UPDATE, DELETE"));
        Assert.Empty(await NamesAsync(Sql, _role, tables.ToArray(), "TRUNCATE, TRIGGER"));
        Assert.Contains("audit_entries", await NamesAsync(Sql, _role, Audit, "INSERT"));
    }

    private async Task<IReadOnlyList<string>> NamesAsync(string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, _administrator);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
