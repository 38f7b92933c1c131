using Deskward.Certificates;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.RawClient;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Enrollment;

public sealed class EnrolmentTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_pc_that_knows_only_the_discovery_address_enrols(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        using var pc = await ground.NewPcAsync();
        var answer = await pc.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl);
        Assert.True(answer.Status == 200, System.Text.Encoding.UTF8.GetString(answer.Body));
        Assert.Equal(RawMessages.MessageId, answer.Text("RelatesTo"));
        var device = Assert.Single(await ground.QueryAsync(db => db.Set<Device>().ToListAsync()));
        Assert.Equal((pc.DeviceId, "PC-RAW", DeviceState.Enrolled, 4), (device.HardwareId, device.Name, device.State, device.Edition));
        var issued = Assert.Single(await ground.QueryAsync(db => db.Set<IssuedCertificate>().ToListAsync()));
        Assert.Equal(issued.Certificate, pc.Certificate!.RawData);
        Assert.Equal(device.Id, issued.DeviceId);
    }
}
