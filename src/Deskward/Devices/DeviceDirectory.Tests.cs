using Deskward.Audit;
using Deskward.Certificates;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.RawClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Devices;

public sealed class DeviceDirectoryTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_pc_that_is_told_to_leave_keeps_its_certificate_until_it_says_that_it_left(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        using var pc = await ground.EnrolledAsync();
        var id = await IdAsync(ground);
        Assert.Null(await RetireAsync(ground, id));
        Assert.Equal(1, await ground.CountAsync<Device>(row => row.State == DeviceState.Retiring && row.RetiringSince != null));
        Assert.Equal(1, await ground.CountAsync<IssuedCertificate>(row => row.RevokedAt == null));
        await ground.Service.InScopeAsync(provider => UnenrolAsync(provider, id), ground.Customer.Id);
        Assert.Equal(1, await ground.CountAsync<Device>(row => row.State == DeviceState.Retired && row.RetiredAt != null));
        Assert.Equal(1, await ground.CountAsync<IssuedCertificate>(row => row.RevocationReason == "unenrolled"));
        Assert.Equal(["device.enrol", "device.retire", "device.unenrol"], await ActionsAsync(ground, id));
    }

    [Fact]
    public async Task A_pc_that_never_answers_is_retired_after_thirty_days()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite);
        await using var ground = await EnrolmentGround.OnAsync(service);
        using var pc = await ground.EnrolledAsync();
        await RetireAsync(ground, await IdAsync(ground));
        service.Time.Advance(TimeSpan.FromDays(29));
        Assert.Equal(0, await EndAsync(ground));
        service.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await EndAsync(ground));
        Assert.Equal(1, await ground.CountAsync<IssuedCertificate>(row => row.RevocationReason == "retired"));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Nobody_retires_a_pc_twice_or_of_another_organisation(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        await using var other = await EnrolmentGround.OnAsync(services, engine);
        using var pc = await ground.EnrolledAsync();
        var id = await IdAsync(ground);
        Assert.Equal(RefusalReason.NotFound, (await RetireAsync(other, id))?.Reason);
        Assert.Null(await RetireAsync(ground, id));
        Assert.Equal(RefusalReason.Conflict, (await RetireAsync(ground, id))?.Reason);
    }

    [Fact]
    public async Task A_cloned_image_with_the_same_hardware_hash_is_another_pc_and_is_flagged()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        foreach (var _ in new[] { 1, 2 })
        {
            using var pc = await ground.NewPcAsync();
            pc.Facts.Add(("HWDevID", new string('A', 64)));
            await pc.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl);
        }

        Assert.Equal(2, await ground.CountAsync<Device>(row => row.State == DeviceState.Enrolled));
        Assert.Equal(1, await ground.CountAsync<AuditEntry>(row => row.Action == "device.enrol" && row.After!.Contains("\"sameHardwareHash\":1")));
    }

    [Fact]
    public async Task Secrets_of_a_pc_are_wrapped_and_come_back()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var pc = await ground.EnrolledAsync();
        var key = ground.Service.Provider.GetRequiredService<ServiceKey>();
        var secrets = await ground.QueryAsync(db => db.Set<DeviceSecrets>().SingleAsync());
        Assert.NotEqual(secrets.ClientSecret(key), secrets.ServerSecret(key));
        Assert.NotEqual(secrets.ClientNonce, secrets.ServerNonce);
        Assert.True(secrets.WrappedClientSecret.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secrets.ClientSecret(key))) < 0);
    }

    private static Task<Guid> IdAsync(EnrolmentGround ground) => ground.QueryAsync(db => db.Set<Device>().Select(row => row.Id).SingleAsync());

    private static Task<Refusal?> RetireAsync(EnrolmentGround ground, Guid id) =>
        ground.Service.InScopeAsync(provider => provider.GetRequiredService<DeviceDirectory>().RetireAsync(id, CancellationToken.None), ground.Customer.Id);

    private static Task<int> EndAsync(EnrolmentGround ground) =>
        ground.Service.InScopeAsync(provider => provider.GetRequiredService<DeviceDirectory>().EndRetirementsAsync(CancellationToken.None), ground.Customer.Id);

    private static Task<List<string>> ActionsAsync(EnrolmentGround ground, Guid id) =>
        ground.QueryAsync(db => db.Set<AuditEntry>().Where(row => row.ObjectId == id && row.Action.StartsWith("device.")).OrderBy(row => row.At).Select(row => row.Action).ToListAsync());

    private static async Task<int> UnenrolAsync(IServiceProvider provider, Guid id)
    {
        var db = provider.GetRequiredService<DeskwardContext>();
        await provider.GetRequiredService<DeviceDirectory>().UnenrolledAsync(await db.Set<Device>().SingleAsync(row => row.Id == id), CancellationToken.None);
        return await db.SaveChangesAsync();
    }
}
