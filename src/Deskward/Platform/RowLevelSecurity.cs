using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Deskward.Platform;

/// <summary>
/// Row-level security of every tenant-owned table, the look-ups that run before the tenant is known, the service role and its grants. All
/// statements can be run again, and are with every migrate.
/// </summary>
internal static class RowLevelSecurity
{
    /// <summary>Sees only rows of the organisations in the setting; sub-select, cast included, so that it is evaluated once per statement and not per row; the outer cast says that it is a list and no query.</summary>
    internal const string Condition = $"tenant_id = ANY ((SELECT nullif(current_setting('{TenantOnConnection.SettingName}', true), '')::uuid[])::uuid[])";

    /// <summary>As <see cref="Condition"/>, of the organisations that are open at the standing level.</summary>
    internal const string StandingCondition = $"tenant_id = ANY ((SELECT nullif(current_setting('{TenantOnConnection.StandingName}', true), '')::uuid[])::uuid[])";

    /// <summary>Both together, for what shows the rows of either level.</summary>
    internal const string ReadableCondition = $"tenant_id = ANY ((SELECT nullif(current_setting('{TenantOnConnection.SettingName}', true), '')::uuid[] || nullif(current_setting('{TenantOnConnection.StandingName}', true), '')::uuid[])::uuid[])";

    /// <summary>What the provider published, for whoever has any organisation open; a row that says so of another organisation stays hidden.</summary>
    internal const string PublishedCondition = $"is_published AND nullif(current_setting('{TenantOnConnection.SettingName}', true), '') IS NOT NULL AND tenant_id = (SELECT deskward_provider())";

    internal static async Task ApplyAsync(NpgsqlDataSource owner, IModel model, NpgsqlConnectionStringBuilder service, CancellationToken cancellationToken)
    {
        var role = service.Username ?? throw new InvalidDataException("--database must name the service role (Username).");
        await using var connection = await owner.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var sql in Statements(model).Concat(Roles(model, role, service.Password)))
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    internal static IEnumerable<string> TenantTables(IModel model) => model.GetEntityTypes()
        .Where(type => type.ClrType.IsAssignableTo(typeof(ITenantOwned))).Select(type => type.GetTableName()).OfType<string>().Distinct();

    internal static IEnumerable<string> StandingTables(IModel model) => model.GetEntityTypes()
        .Where(type => type.ClrType.IsAssignableTo(typeof(IStandingReadable))).Select(type => type.GetTableName()).OfType<string>().Distinct();

    internal static IEnumerable<string> PublishedTables(IModel model) => model.GetEntityTypes()
        .Where(type => type.ClrType.IsAssignableTo(typeof(IPublishable))).Select(type => type.GetTableName()).OfType<string>().Distinct();

    private static IEnumerable<string> Statements(IModel model)
    {
        foreach (var table in TenantTables(model))
        {
            yield return $"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;";
            yield return $"DROP POLICY IF EXISTS tenant ON {table}; CREATE POLICY tenant ON {table} USING ({Condition}) WITH CHECK ({Condition});";
            yield return $"DROP POLICY IF EXISTS standing ON {table}; DROP POLICY IF EXISTS published ON {table};";
        }

        foreach (var table in StandingTables(model))
        {
            yield return $"CREATE POLICY standing ON {table} FOR SELECT USING ({StandingCondition});";
        }

        foreach (var (table, column) in Bytes(model))
        {
            yield return $"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL;";
        }

        foreach (var view in StandingViews.Create(model, sqlite: false))
        {
            yield return view;
        }

        foreach (var function in TenantLookup.Functions.Concat(ByPart.Functions).Append(AuditRights.EraseFunction).Append(AuditRights.ForgetFunction))
        {
            yield return function;
        }

        foreach (var table in PublishedTables(model))
        {
            yield return $"CREATE POLICY published ON {table} FOR SELECT USING ({PublishedCondition});";
        }
    }

    /// <summary>What is kept as bytes is packed already, or short: PostgreSQL would try to pack it in vain.</summary>
    private static IEnumerable<(string Table, string Column)> Bytes(IModel model) =>
        from type in model.GetEntityTypes() where type.GetTableName() is not null from property in type.GetProperties()
        where property.GetColumnType() == "bytea" select (type.GetTableName()!, property.GetColumnName());

    private static IEnumerable<string> Roles(IModel model, string role, string? password)
    {
        var name = '"' + role.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        var text = '\'' + role.Replace("'", "''", StringComparison.Ordinal) + '\'';
        var secret = password is null ? "" : " PASSWORD '" + password.Replace("'", "''", StringComparison.Ordinal) + '\'';
        yield return $"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {text}) THEN CREATE ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE{secret.Replace("$$", "", StringComparison.Ordinal)}; END IF; END $$;";
        yield return $"GRANT USAGE ON SCHEMA public TO {name}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}; GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name};";
        foreach (var readOnly in StandingViews.Revoke(model, name).Append(AuditRights.Revoke(name)))
        {
            yield return readOnly;
        }

        yield return $"DO $$ BEGIN IF to_regclass('platform_migrations') IS NOT NULL THEN REVOKE INSERT, UPDATE, DELETE ON platform_migrations FROM {name}; END IF; END $$;";
        yield return $"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {name};";
    }
}
