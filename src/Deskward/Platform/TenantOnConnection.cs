using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Deskward.Platform;

/// <summary>
/// Tells PostgreSQL, whenever a connection is opened, which organisations are open to it; row-level security reads that setting. The pool
/// clears it when the connection is returned.
/// </summary>
internal sealed class TenantOnConnection : DbConnectionInterceptor
{
    internal static readonly TenantOnConnection Instance = new();
    internal const string SettingName = "deskward.tenants";
    internal const string StandingName = "deskward.standing";
    private const string Sql = "SELECT set_config($1, $2, false), set_config($3, $4, false)";
    private const string InTransaction = "SELECT set_config($1, $2, true), set_config($3, $4, true), set_config('plan_cache_mode', 'force_generic_plan', true)";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        if (connection is NpgsqlConnection postgres && eventData.Context is DeskwardContext db)
        {
            using var command = Command(postgres, db.Scope);
            command.ExecuteNonQuery();
        }
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (connection is NpgsqlConnection postgres && eventData.Context is DeskwardContext db)
        {
            await using var command = Command(postgres, db.Scope);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>
    /// The same until the transaction ends, for whoever keeps a connection and its statements: outside its transactions no organisation is open to it, and
    /// inside them the plans hold for any argument.
    /// </summary>
    internal static NpgsqlBatchCommand Statement(TenantScope scope)
    {
        var statement = new NpgsqlBatchCommand(InTransaction);
        statement.Parameters.AddRange(Values(scope));
        return statement;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, TenantScope scope)
    {
        var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddRange(Values(scope));
        return command;
    }

    private static NpgsqlParameter[] Values(TenantScope scope) =>
        [new() { Value = SettingName }, new() { Value = scope.Setting }, new() { Value = StandingName }, new() { Value = scope.StandingSetting }];
}
