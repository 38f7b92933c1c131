using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Deskward.Platform;

/// <summary>
/// Tells PostgreSQL, whenever a connection is opened, which organisations are open to it; row-level security reads that setting. The pool
/// clears it when the connection is returned.
/// </summary>
internal sealed class TenantOnConnection(TenantScope scope) : DbConnectionInterceptor
{
    internal const string SettingName = "deskward.tenants";
    internal const string StandingName = "deskward.standing";
    private const string Sql = "SELECT set_config($1, $2, false), set_config($3, $4, false)";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        if (connection is NpgsqlConnection postgres)
        {
            using var command = Command(postgres);
            command.ExecuteNonQuery();
        }
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (connection is NpgsqlConnection postgres)
        {
            await using var command = Command(postgres);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>The same for whoever opens the connection itself and sends it together with what comes first.</summary>
    internal static NpgsqlBatchCommand Statement(TenantScope scope)
    {
        var statement = new NpgsqlBatchCommand(Sql);
        statement.Parameters.AddRange(Values(scope));
        return statement;
    }

    private NpgsqlCommand Command(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddRange(Values(scope));
        return command;
    }

    private static NpgsqlParameter[] Values(TenantScope scope) =>
        [new() { Value = SettingName }, new() { Value = scope.Setting }, new() { Value = StandingName }, new() { Value = scope.StandingSetting }];
}
