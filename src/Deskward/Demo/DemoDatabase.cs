using System.Security.Cryptography;
using Deskward.Platform;
using Npgsql;

namespace Deskward.Demo;

/// <summary>Prepares the demo's database: on PostgreSQL it is given an administrator's connection and makes the owner and the service role.</summary>
internal static class DemoDatabase
{
    private const string Owner = "deskward_demo_owner";
    private const string Service = "deskward_demo_service";

    /// <summary>The settings with which the demo serves; the schema is up to date.</summary>
    internal static async Task<ServiceSettings> PrepareAsync(ServiceSettings settings, bool fresh, CancellationToken cancellationToken)
    {
        var prepared = settings.IsSqlite ? settings : await PrepareRolesAsync(settings, fresh, cancellationToken);
        await Schema.MigrateAsync(prepared, cancellationToken);
        return prepared;
    }

    private static async Task<ServiceSettings> PrepareRolesAsync(ServiceSettings settings, bool fresh, CancellationToken cancellationToken)
    {
        var administrator = new NpgsqlConnectionStringBuilder(settings.Database);
        await using var connection = new NpgsqlConnection(settings.Database);
        await connection.OpenAsync(cancellationToken);
        var (owner, service) = (WithRole(administrator, Owner), WithRole(administrator, Service));
        await ExecuteAsync(connection, Role(owner, "BYPASSRLS CREATEROLE"), cancellationToken);
        await ExecuteAsync(connection, Role(service, "NOBYPASSRLS NOCREATEROLE"), cancellationToken);
        if (fresh)
        {
            await ExecuteAsync(connection, "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;", cancellationToken);
        }

        await ExecuteAsync(connection, $"GRANT ALL ON SCHEMA public TO {Owner}; GRANT USAGE ON SCHEMA public TO {Service};", cancellationToken);
        return settings with { Database = service.ConnectionString, OwnerDatabase = owner.ConnectionString };
    }

    private static NpgsqlConnectionStringBuilder WithRole(NpgsqlConnectionStringBuilder administrator, string role) =>
        new(administrator.ConnectionString) { Username = role, Password = Convert.ToHexString(RandomNumberGenerator.GetBytes(24)) };

    /// <summary>The password is new at each start, so that none is kept anywhere; it is hexadecimal, so that it needs no escape.</summary>
    private static string Role(NpgsqlConnectionStringBuilder role, string attributes) => $"""
        DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role.Username}') THEN CREATE ROLE {role.Username}; END IF; END $$;
        ALTER ROLE {role.Username} LOGIN NOSUPERUSER {attributes} PASSWORD '{role.Password}';
        """;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
