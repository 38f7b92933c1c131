using System.Data.Common;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Fixture;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace Deskward.Platform;

public sealed class FindingsTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_migrated_database_with_a_plain_role_is_good(Engine engine) => Assert.Empty(await WrongAsync(await services.NewDatabaseAsync(engine)));

    [Theory]
    [InlineData("postgres", "superuser")]
    [InlineData("deskward_owner", "bypasses row-level security")]
    public async Task A_role_that_could_see_every_organisation_is_refused(string role, string said)
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        var connection = new NpgsqlConnectionStringBuilder(settings.Database) { Username = role };
        Assert.Contains(await WrongAsync(settings with { Database = connection.ConnectionString }), text => text.Contains(said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_database_without_the_schema_is_refused(Engine engine)
    {
        var settings = TestService.NewSettings();
        if (engine == Engine.Postgres)
        {
            var (owner, service) = await (await services.PostgresAsync()).CreateDatabaseAsync();
            settings = settings with { Database = new NpgsqlConnectionStringBuilder(service) { Username = "postgres" }.ConnectionString, OwnerDatabase = owner };
        }

        Assert.Contains(await WrongAsync(settings), text => text.Contains("deskward migrate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_schema_of_another_version_is_refused_and_left_as_it_is(Engine engine)
    {
        var settings = await services.NewDatabaseAsync(engine);
        await using (DbConnection connection = settings.IsSqlite ? new SqliteConnection($"Data Source={settings.SqlitePath}") : new NpgsqlConnection(settings.OwnerDatabase))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM platform_migrations; INSERT INTO platform_migrations VALUES ('29990101000000_Later', '10.0.0')";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => Schema.MigrateAsync(settings, TestContext.Current.CancellationToken));
        Assert.Contains("29990101000000_Later", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["The schema was made by another version. Run the version that migrated it, or a newer one."], await WrongAsync(settings));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_named()
    {
        var settings = TestService.NewSettings() with { Database = "Host=127.0.0.1;Port=1;Username=x;Timeout=2" };
        Assert.Contains(await WrongAsync(settings), text => text.StartsWith("The database cannot be used", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("desk.example.com", 90, null)]
    [InlineData("*.example.com", 90, null)]
    [InlineData("other.example.com", 90, "made out to desk.example.com")]
    [InlineData("desk.example.com", -1, "has expired on")]
    public async Task A_certificate_that_pcs_would_refuse_is_named(string name, int days, string? said)
    {
        var settings = await services.NewDatabaseAsync(Engine.Sqlite);
        var found = await FoundAsync(settings with { PublicUrl = new Uri("https://desk.example.com"), ManagementUrl = new Uri("https://desk.example.com:8444"), TlsCertificates = [NewCertificate(name, days)] });
        var bad = found.Where(finding => finding.Gravity != Gravity.Good && !finding.Text.StartsWith("The service key", StringComparison.Ordinal)).ToList();
        Assert.Equal(said is null ? 0 : 1, bad.Count);
        Assert.All(bad, finding => Assert.Contains(said!, finding.Text, StringComparison.Ordinal));
    }

    private static TlsCertificateFile NewCertificate(string name, int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        var request = new CertificateRequest("CN=desk", key, HashAlgorithmName.SHA256) { CertificateExtensions = { names.Build() } };
        var now = TimeProvider.System.Now();
        using var certificate = request.CreateSelfSigned(now.AddDays(-30), now.AddDays(days));
        var file = Path.Combine(Directory.CreateTempSubdirectory("deskward-tls-").FullName, "tls.pem");
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return new TlsCertificateFile(file, null);
    }

    [Fact]
    public async Task SQLite_takes_one_node_and_the_next_one_after_it_ended()
    {
        var settings = await services.NewDatabaseAsync(Engine.Sqlite);
        var first = NodeLock.Take(settings);
        Assert.Contains("Another process", Assert.Throws<InvalidDataException>(() => NodeLock.Take(settings)).Message, StringComparison.Ordinal);
        first!.Dispose();
        NodeLock.Take(settings)!.Dispose();
    }

    private static async Task<List<string>> WrongAsync(ServiceSettings settings) =>
        [.. (await FoundAsync(settings)).Where(finding => finding.Gravity == Gravity.Wrong).Select(finding => finding.Text)];

    private static Task<List<Finding>> FoundAsync(ServiceSettings settings) => Findings.CollectAsync(settings, TimeProvider.System.Now(), TestContext.Current.CancellationToken);
}
