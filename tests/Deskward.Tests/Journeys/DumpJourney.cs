using System.Text;
using Deskward.Certificates;
using Deskward.Devices;
using Deskward.Enrollment;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using System.Security.Cryptography;
using Xunit;

namespace Deskward.Journeys;

/// <summary>What somebody holds who has the database and not the service key.</summary>
public sealed class DumpJourney(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_dump_holds_no_code_no_secret_of_a_pc_and_no_key_in_clear(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var pcs = await ManagedPcs.NewAsync(service);
        using var pc = await pcs.EnrolAsync();
        var code = ManagedPcs.Granted(await pcs.AsAsync<EnrolmentCodes, Outcome<NewEnrolmentCode>>(codes => codes.CreateAsync(pcs.Person, 1, TimeSpan.FromHours(1), CancellationToken.None)));
        var key = service.Provider.GetRequiredService<ServiceKey>();
        var secrets = await pcs.QueryAsync(db => db.Set<DeviceSecrets>().SingleAsync());
        service.Provider.GetRequiredService<IDataProtectionProvider>().CreateProtector("x").Protect("x");
        var dump = await (engine == Engine.Sqlite ? DumpFileAsync(service) : DumpPostgresAsync(service));
        string[] hidden = [code.Code, code.Code.Replace("-", "", StringComparison.Ordinal), secrets.ClientSecret(key), secrets.ServerSecret(key), TestService.Password, "masterKey", "PRIVATE KEY"];
        Assert.All(hidden, text => Assert.False(Holds(dump, text), text));
        Assert.True(Holds(dump, pc.Identity.DeviceId));
        Assert.True(Holds(dump, Convert.ToHexStringLower(secrets.WrappedClientSecret)) || Holds(dump, secrets.WrappedClientSecret));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Another_service_key_opens_no_authority(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        using var pc = await (await ManagedPcs.NewAsync(service)).EnrolAsync();
        var other = ServiceKey.Load(Path.Combine(Directory.CreateTempSubdirectory("deskward-other-").FullName, "service.key"), create: true);
        var wrapped = await service.QueryAsync(db => db.Set<Authority>().ToListAsync());
        Assert.NotEmpty(wrapped);
        Assert.All(wrapped, row => Assert.ThrowsAny<CryptographicException>(() => other.Unwrap(row.WrappedKey, $"authority:{row.Id}")));
        Assert.All(wrapped, row => Assert.ThrowsAny<CryptographicException>(() => RSA.Create().ImportPkcs8PrivateKey(row.WrappedKey, out _)));
    }

    /// <summary>As it stands, and as the hexadecimal digits in which pg_dump writes bytes.</summary>
    private static bool Holds(byte[] dump, string text) =>
        Holds(dump, Encoding.UTF8.GetBytes(text)) || Holds(dump, Encoding.UTF8.GetBytes(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text))));

    private static bool Holds(byte[] dump, byte[] bytes) => dump.AsSpan().IndexOf(bytes) >= 0;

    /// <summary>What the owner of the schema gets from pg_dump: every row of every organisation.</summary>
    private async Task<byte[]> DumpPostgresAsync(TestService service) => await (await services.PostgresAsync()).DumpAsync(service.Settings.OwnerDatabase!);

    private static async Task<byte[]> DumpFileAsync(TestService service)
    {
        await service.QueryAsync(db => db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)"));
        await using var file = new FileStream(service.Settings.SqlitePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
