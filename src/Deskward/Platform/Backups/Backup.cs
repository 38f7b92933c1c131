using System.IO.Compression;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Deskward.Platform.Backups;

/// <summary>
/// A backup is a zip: <c>manifest.json</c> and, on SQLite, the database file as one consistent copy; on PostgreSQL one binary COPY stream per
/// table, all read in one snapshot. The service key is not part of it.
/// </summary>
internal static class Backup
{
    private const string ManifestName = "manifest.json";
    private const string SqliteName = "deskward.db";

    /// <summary>What a backup says of itself.</summary>
    /// <param name="Engine">sqlite or postgres.</param>
    /// <param name="Migration">The schema's last migration.</param>
    /// <param name="At">When it was made.</param>
    internal sealed record Manifest(string Engine, string Migration, DateTimeOffset At);

    internal static async Task WriteAsync(ServiceSettings settings, string file, CancellationToken cancellationToken)
    {
        var half = file + ".part";
        await using (var zip = await ZipFile.OpenAsync(half, ZipArchiveMode.Create, cancellationToken))
        {
            await (settings.IsSqlite ? WriteSqliteAsync(settings, zip, cancellationToken) : WritePostgresAsync(settings, zip, cancellationToken));
        }

        File.Move(half, file);
    }

    /// <returns>What ended with it, and what stands as of the backup.</returns>
    internal static async Task<RestoredReport> RestoreAsync(ServiceSettings settings, string file, CancellationToken cancellationToken)
    {
        await using var zip = await OpenAsync(file, cancellationToken);
        var manifest = await ReadManifestAsync(zip, file, cancellationToken);
        var engine = settings.IsSqlite ? "sqlite" : "postgres";
        if (manifest.Engine != engine)
        {
            throw new InvalidDataException($"{file} is a backup of {manifest.Engine}; this database is {engine}.");
        }

        return await (settings.IsSqlite ? RestoreSqliteAsync(settings, zip, manifest, cancellationToken) : RestorePostgresAsync(settings, zip, manifest, cancellationToken));
    }

    private static async Task WriteSqliteAsync(ServiceSettings settings, ZipArchive zip, CancellationToken cancellationToken)
    {
        if (!File.Exists(settings.SqlitePath))
        {
            throw new InvalidDataException($"There is no database {settings.SqlitePath}.");
        }

        var copy = Path.Combine(settings.Data, $"backup-{Guid.CreateVersion7():n}.tmp");
        try
        {
            await using (var source = new SqliteConnection($"Data Source={settings.SqlitePath};Pooling=false"))
            {
                await source.OpenAsync(cancellationToken);
                await using var vacuum = source.CreateCommand();
                vacuum.CommandText = "VACUUM INTO $file";
                vacuum.Parameters.AddWithValue("$file", copy);
                await vacuum.ExecuteNonQueryAsync(cancellationToken);
            }

            await using var db = new SqliteContext((DbContextOptions<SqliteContext>)Database.UseSqlite(new DbContextOptionsBuilder<SqliteContext>(), settings).Options, new TenantScope());
            await WriteManifestAsync(zip, "sqlite", db, cancellationToken);
            await zip.CreateEntryFromFileAsync(copy, SqliteName, cancellationToken);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static async Task<RestoredReport> RestoreSqliteAsync(ServiceSettings settings, ZipArchive zip, Manifest manifest, CancellationToken cancellationToken)
    {
        if (File.Exists(settings.SqlitePath))
        {
            throw new InvalidDataException($"{settings.SqlitePath} exists; a backup is restored into an empty data folder. Move it away first.");
        }

        Directory.CreateDirectory(settings.Data);
        var half = settings.SqlitePath + ".part";
        var entry = zip.GetEntry(SqliteName) ?? throw new InvalidDataException("The backup holds no database.");
        await entry.ExtractToFileAsync(half, overwrite: true, cancellationToken);
        RestoredReport report;
        await using (var connection = new SqliteConnection($"Data Source={half};Pooling=false"))
        {
            await connection.OpenAsync(cancellationToken);
            await using var mark = connection.CreateCommand();
            mark.CommandText = RestoredMark.Sql;
            await mark.ExecuteNonQueryAsync(cancellationToken);
            report = await RestoredAudit.WriteAsync(connection, manifest.At, TimeProvider.System.Now(), cancellationToken);
        }

        File.Move(half, settings.SqlitePath);
        return report;
    }

    private static async Task WritePostgresAsync(ServiceSettings settings, ZipArchive zip, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(Owner(settings, "backup"));
        await using var db = new PostgresContext((DbContextOptions<PostgresContext>)Database.UsePostgres(new DbContextOptionsBuilder<PostgresContext>(), source).Options, new TenantScope());
        await WriteManifestAsync(zip, "postgres", db, cancellationToken);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        foreach (var table in Tables(db))
        {
            await using var content = await zip.CreateEntry(table + ".copy").OpenAsync(cancellationToken);
            await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY {table} ({Columns(db, table)}) TO STDOUT (FORMAT BINARY)", cancellationToken);
            await rows.CopyToAsync(content, cancellationToken);
        }
    }

    private static async Task<RestoredReport> RestorePostgresAsync(ServiceSettings settings, ZipArchive zip, Manifest manifest, CancellationToken cancellationToken)
    {
        await Schema.MigrateAsync(settings, cancellationToken);
        await using var source = NpgsqlDataSource.Create(Owner(settings, "restore"));
        await using var db = new PostgresContext((DbContextOptions<PostgresContext>)Database.UsePostgres(new DbContextOptionsBuilder<PostgresContext>(), source).Options, new TenantScope());
        if (!db.Database.GetMigrations().Last().Equals(manifest.Migration, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"The backup was made by another version (schema {manifest.Migration}). Restore it with that version, then migrate.");
        }

        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var table in Tables(db))
        {
            await RefuseFilledAsync(connection, table, cancellationToken);
            var entry = zip.GetEntry(table + ".copy") ?? throw new InvalidDataException($"The backup holds no table {table}.");
            await using var content = await entry.OpenAsync(cancellationToken);
            await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY {table} ({Columns(db, table)}) FROM STDIN (FORMAT BINARY)", cancellationToken);
            await content.CopyToAsync(rows, cancellationToken);
        }

        await ExecuteAsync(connection, RestoredMark.Sql, cancellationToken);
        var report = await RestoredAudit.WriteAsync(connection, manifest.At, TimeProvider.System.Now(), cancellationToken);
        await ExecuteAsync(connection, Sequences, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return report;
    }

    /// <summary>Identity columns go on behind the highest restored value.</summary>
    private const string Sequences = """
        DO $$ DECLARE c record; BEGIN
          FOR c IN SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND is_identity = 'YES' LOOP
            EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), coalesce((SELECT max(%I) FROM %I), 0) + 1, false)', c.table_name, c.column_name, c.column_name, c.table_name);
          END LOOP;
        END $$;
        """;

    private static string Owner(ServiceSettings settings, string verb) => settings.OwnerDatabase
        ?? throw new InvalidDataException($"{verb} needs --owner-database on PostgreSQL: only the owner sees the rows of all organisations.");

    private static IEnumerable<string> Tables(DeskwardContext db) => db.Model.GetRelationalModel().Tables.Select(table => table.Name).Order(StringComparer.Ordinal);

    private static string Columns(DeskwardContext db, string table) =>
        string.Join(", ", db.Model.GetRelationalModel().FindTable(table, null)!.Columns.Select(column => '"' + column.Name + '"').Order(StringComparer.Ordinal));

    private static async Task RefuseFilledAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM {table})", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is true)
        {
            throw new InvalidDataException($"The table {table} holds rows; a backup is restored into an empty database.");
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<ZipArchive> OpenAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await ZipFile.OpenReadAsync(file, cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw new InvalidDataException($"{file} is no backup of Deskward, or it is damaged.");
        }
    }

    private static async Task WriteManifestAsync(ZipArchive zip, string engine, DeskwardContext db, CancellationToken cancellationToken)
    {
        var last = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).LastOrDefault() ?? throw new InvalidDataException("The database has no schema.");
        await using var content = await zip.CreateEntry(ManifestName).OpenAsync(cancellationToken);
        await JsonSerializer.SerializeAsync(content, new Manifest(engine, last, TimeProvider.System.Now()), JsonSerializerOptions.Web, cancellationToken);
    }

    private static async Task<Manifest> ReadManifestAsync(ZipArchive zip, string file, CancellationToken cancellationToken)
    {
        try
        {
            var entry = zip.GetEntry(ManifestName) ?? throw new JsonException();
            await using var content = await entry.OpenAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync<Manifest>(content, JsonSerializerOptions.Web, cancellationToken) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new InvalidDataException($"{file} is no backup of Deskward, or it is damaged.");
        }
    }
}
