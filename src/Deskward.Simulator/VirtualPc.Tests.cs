using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Deskward.Simulator;

public sealed class VirtualPcTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_same_seed_makes_the_same_pc()
    {
        using var one = VirtualPc.Create(42);
        using var two = VirtualPc.Create(42);
        using var other = VirtualPc.Create(43);

        Assert.Equal(one.Identity with { MacAddresses = [] }, two.Identity with { MacAddresses = [] });
        Assert.Equal(one.Identity.MacAddresses, two.Identity.MacAddresses);
        Assert.NotEqual(one.Identity.DeviceId, other.Identity.DeviceId);
        Assert.Matches("^[0-9A-F]{32}$", one.Identity.DeviceId);
        Assert.Matches("^[0-9A-F]{64}$", one.Identity.HardwareId);
    }

    [Fact]
    public void A_name_of_a_pc_fits_netbios() =>
        Assert.All(Enumerable.Range(0, 100).Select(seed => VirtualPc.Create(seed)), pc => Assert.InRange(pc.Identity.Name.Length, 1, 15));

    [Fact]
    public async Task A_sleeping_pc_does_not_speak()
    {
        await using var service = await ScriptedService.StartAsync();
        using var pc = service.Pc();
        pc.Sleep();

        Assert.Equal(SyncOutcome.Asleep, (await pc.SyncAsync(Stop)).Outcome);
        Assert.Null(pc.NextSync);
        pc.Wake();
        Assert.Equal(SyncOutcome.Completed, (await pc.SyncAsync(Stop)).Outcome);
    }

    [Fact]
    public async Task Sessions_are_due_by_the_poll_nodes()
    {
        await using var service = await ScriptedService.StartAsync();
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        using var pc = service.Pc(time: time);
        Poll(pc, "NumberOfFirstRetries", "3");
        Poll(pc, "IntervalForFirstSetOfRetries", "15");
        await pc.SyncAsync(Stop);

        Assert.NotNull(pc.NextSync);
        Assert.True(pc.NextSync > time.GetUtcNow());
        Poll(pc, "PollOnLogin", "true");
        pc.SignIn("ada@contoso.example");
        Assert.Equal(time.GetUtcNow(), pc.NextSync);
    }

    [Theory]
    [InlineData(0, 15)]
    [InlineData(15, 30)]
    [InlineData(149, 150)]
    [InlineData(150, 210)]
    [InlineData(630, 1110)]
    [InlineData(100_000, 100_470)]
    public void The_three_rows_follow_each_other_and_the_last_goes_on_for_ever(int last, int next)
    {
        var clock = new PollClock((10, 15), (8, 60), (0, 480));
        var start = DateTimeOffset.UnixEpoch;

        Assert.Equal(start.AddMinutes(next), clock.Next(start, start.AddMinutes(last)));
    }

    [Fact]
    public void Without_an_endless_row_there_is_one_session_a_day() =>
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMinutes(15).AddDays(2), new PollClock((1, 15), default, default).Next(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(2)));

    [Fact]
    public async Task A_policy_can_keep_people_from_leaving()
    {
        await using var service = await ScriptedService.StartAsync();
        using var pc = service.Pc();
        pc.Tree.SetLocally("./Device/Vendor/MSFT/Policy/Config/Experience/AllowManualMDMUnenrollment", "0");
        Assert.Equal(SyncOutcome.NotAllowed, (await pc.UnenrolAsync(Stop)).Outcome);
        pc.Tree.SetLocally("./Device/Vendor/MSFT/Policy/Config/Experience/AllowManualMDMUnenrollment", null);

        Assert.Equal(SyncOutcome.Unenrolled, (await pc.UnenrolAsync(Stop)).Outcome);
        Assert.Equal((1, false), (service.Bodies.Count, pc.IsEnrolled));
    }

    [Fact]
    public void A_stored_key_is_found_again()
    {
        var folder = Directory.CreateTempSubdirectory("keys");
        using var made = new KeyStore(folder.FullName).Get("a");
        using var found = new KeyStore(folder.FullName).Get("a");

        Assert.Equal(made.ExportSubjectPublicKeyInfo(), found.ExportSubjectPublicKeyInfo());
        folder.Delete(recursive: true);
    }

    private static void Poll(VirtualPc pc, string node, string value) => pc.Tree.SetLocally(PcNodes.Provider("Test") + "/Poll/" + node, value);
}
