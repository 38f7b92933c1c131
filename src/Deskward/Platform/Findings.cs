using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Deskward.Platform;

/// <summary>How grave a finding is.</summary>
internal enum Gravity
{
    Good,
    Advice,

    /// <summary><c>serve</c> refuses to start.</summary>
    Wrong,
}

/// <summary>What was found when a node's configuration and database were checked.</summary>
internal sealed record Finding(Gravity Gravity, string Text);

/// <summary>
/// What a module checks for <c>doctor</c> alone, such as a server elsewhere that must answer: <c>serve</c> starts without it, so the worst it says
/// is <see cref="Gravity.Advice"/>.
/// </summary>
internal delegate Task<IReadOnlyList<Finding>> DoctorCheck(ServiceSettings settings, CancellationToken cancellationToken);

/// <summary>The checks of <c>doctor</c>; <c>serve</c> makes them too and refuses to start on a wrong one.</summary>
internal static class Findings
{
    private static readonly TimeSpan ExpiresSoon = TimeSpan.FromDays(21);

    internal static async Task<List<Finding>> CollectAsync(ServiceSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<Finding> findings = [KeyFinding(settings), .. settings.TlsCertificates.Select(file => CertificateFinding(file, now)), .. NameFindings(settings)];
        if (settings.TlsCertificates.Count == 0)
        {
            findings.Add(new(Gravity.Advice, $"No TLS certificate is given: PCs and browsers must trust {Path.GetFullPath(Path.Combine(settings.Data, "tls", "root.pem"))} first; it is made at the first start."));
        }

        try
        {
            findings.AddRange(settings.IsSqlite ? await SqliteAsync(settings, cancellationToken) : await PostgresAsync(settings, cancellationToken));
        }
        catch (Exception exception) when (exception is NpgsqlException or System.Data.Common.DbException or IOException)
        {
            findings.Add(new(Gravity.Wrong, $"The database cannot be used: {exception.Message}{(exception.InnerException is { } cause ? $" ({cause.Message})" : "")}"));
        }

        return findings;
    }

    private static Finding KeyFinding(ServiceSettings settings)
    {
        try
        {
            ServiceKey.Load(settings.KeyPath, create: false);
            return new(Gravity.Good, $"The service key {Path.GetFullPath(settings.KeyPath)} can be read.");
        }
        catch (InvalidDataException exception)
        {
            return !File.Exists(settings.KeyPath) && settings.KeyFile is null
                ? new(Gravity.Advice, $"The service key {Path.GetFullPath(settings.KeyPath)} will be made at the first start; keep a copy of it apart from the backups.")
                : new(Gravity.Wrong, exception.Message);
        }
    }

    private static Finding CertificateFinding(TlsCertificateFile file, DateTimeOffset now)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(file.Certificate, file.Key ?? file.Certificate);
            var left = certificate.NotAfter.ToUniversalTime() - now.UtcDateTime;
            var state = left <= TimeSpan.Zero ? "has expired on" : left < ExpiresSoon ? "expires soon, on" : "is valid until";
            var text = string.Create(CultureInfo.InvariantCulture, $"TLS certificate {file.Certificate} ({certificate.Subject}) {state} {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}.");
            return new(left <= TimeSpan.Zero ? Gravity.Wrong : left < ExpiresSoon ? Gravity.Advice : Gravity.Good, text);
        }
        catch (CryptographicException exception)
        {
            return new(Gravity.Wrong, $"TLS certificate {file.Certificate} cannot be used: {exception.Message}");
        }
    }

    /// <summary>Each host that PCs and people are told to go to must stand in one of the certificates.</summary>
    private static IEnumerable<Finding> NameFindings(ServiceSettings settings) => settings.TlsCertificates.Count == 0 ? []
        : from host in new[] { settings.PublicUrl.Host, settings.ManagementUrl.Host }.Distinct()
          where !settings.TlsCertificates.Any(file => Covers(file, host))
          select new Finding(Gravity.Advice, $"No TLS certificate is made out to {host}: PCs refuse to connect, unless something in front of the service ends TLS.");

    /// <summary>A certificate that cannot be read covers everything: what is wrong with it is told already.</summary>
    private static bool Covers(TlsCertificateFile file, string host)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file.Certificate);
            return certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false);
        }
        catch (CryptographicException)
        {
            return true;
        }
    }

    private static async Task<IEnumerable<Finding>> SqliteAsync(ServiceSettings settings, CancellationToken cancellationToken)
    {
        if (!File.Exists(settings.SqlitePath))
        {
            return [new(Gravity.Wrong, $"There is no database {Path.GetFullPath(settings.SqlitePath)}. Run deskward migrate.")];
        }

        var options = (DbContextOptions<SqliteContext>)Database.UseSqlite(new DbContextOptionsBuilder<SqliteContext>(), settings).Options;
        await using var db = new SqliteContext(options, new TenantScope());
        return [await MigrationFindingAsync(db, cancellationToken)];
    }

    private static async Task<IEnumerable<Finding>> PostgresAsync(ServiceSettings settings, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(settings.Database);
        var options = (DbContextOptions<PostgresContext>)Database.UsePostgres(new DbContextOptionsBuilder<PostgresContext>(), source).Options;
        await using var db = new PostgresContext(options, new TenantScope());
        return [await RoleFindingAsync(source, cancellationToken), await MigrationFindingAsync(db, cancellationToken)];
    }

    private static async Task<Finding> RoleFindingAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            SELECT r.rolsuper, r.rolbypassrls, EXISTS (SELECT FROM pg_class c WHERE pg_has_role(c.relowner, 'USAGE') AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r')
            FROM pg_roles r WHERE r.rolname = current_user
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var what = reader.GetBoolean(0) ? "a superuser" : reader.GetBoolean(1) ? "a role that bypasses row-level security" : reader.GetBoolean(2) ? "the owner of the tables" : null;
        return what is null
            ? new(Gravity.Good, "The service role is a plain one: row-level security holds.")
            : new(Gravity.Wrong, $"--database connects as {what}; the service must run as a plain role, so that row-level security holds. deskward migrate makes one.");
    }

    private static async Task<Finding> MigrationFindingAsync(DeskwardContext db, CancellationToken cancellationToken)
    {
        var applied = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).ToHashSet();
        var known = db.Database.GetMigrations().ToList();
        return applied.Except(known).Any() ? new(Gravity.Wrong, "The schema was made by another version. Run the version that migrated it, or a newer one.")
            : known.Exists(name => !applied.Contains(name)) ? new(Gravity.Wrong, "The schema is older than this version. Run deskward migrate.")
            : new(Gravity.Good, "The schema is up to date.");
    }
}
