using System.Text;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Policies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.RawClient;

public sealed class RawManagementTests(Services services)
{
    private const string Camera = "./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera";
    private const string Pua = "./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection";
    private const string Start = "./Device/Vendor/MSFT/Policy/Config/Start/StartLayout";

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_client_of_raw_bytes_gets_the_whole_baseline_and_shows_it(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        await AssignAsync(ground, Baseline.Settings);
        var pc = await ManagedAsync(ground);
        Assert.Equal(200, await pc.SyncAsync("user"));
        Assert.Empty(pc.Faults);
        var open = await ground.QueryAsync(db => db.Set<OpenSetting>().AsNoTracking().ToListAsync());
        Assert.All(open, row => Assert.Equal(SettingOutcome.NotApplicable, row.Outcome));
        Assert.Equal(Baseline.Settings.Count, open.Count + pc.Received.Count(command => command.Name is "Replace" or "Add"));
        Assert.True(pc.Received.Count(command => command.Name == "Get") > 200);
        Assert.True((await DeviceAsync(ground)).IsClean);
        var before = pc.Received.Count;
        Assert.Equal((200, before), (await pc.SyncAsync("user"), pc.Received.Count));
    }

    [Fact]
    public async Task A_rule_of_the_firewall_comes_in_one_atomic()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        await AssignAsync(ground, Baseline.ExampleFirewallRule);
        var pc = await ManagedAsync(ground);
        Assert.Equal(200, await pc.SyncAsync());
        Assert.Empty(pc.Faults);
        var written = pc.Received.Where(command => command.Name is "Add" or "Replace").ToArray();
        Assert.Equal(Baseline.ExampleFirewallRule.Select(line => line.Path).Order(), written.Where(command => command.Data is { Length: > 0 }).Select(command => command.Path).Order());
        Assert.All(written, command => Assert.Equal(1, command.Atomic));
        Assert.True((await DeviceAsync(ground)).IsClean);
    }

    [Fact]
    public async Task A_refused_setting_is_shown_with_its_status_and_not_sent_again_at_once()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        await AssignAsync(ground, [Line(Camera, "0"), Line(Pua, "1")]);
        var pc = await ManagedAsync(ground);
        pc.Refused[Camera] = 500;
        Assert.Equal((200, 200), (await pc.SyncAsync(), await pc.SyncAsync()));
        Assert.Empty(pc.Faults);
        Assert.Single(pc.Received, command => command is { Name: "Replace", Path: Camera });
        var row = await ground.QueryAsync(db => db.Set<OpenSetting>().SingleAsync());
        Assert.Equal((Camera, SettingOutcome.Failed, "Status 500"), (row.Path, row.Outcome, row.Reason));
        Assert.Equal("1", pc.Tree[Pua]);
    }

    [Fact]
    public async Task A_long_value_comes_and_goes_in_parts()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        var layout = "<Layout>" + string.Concat(Enumerable.Range(0, 900).Select(number => $"<Tile id=\"{number}\" name=\"Büro &amp; 文書\"/>")) + "</Layout>";
        await AssignAsync(ground, [Line(Start, layout), Line(Camera, "0")]);
        var pc = await ManagedAsync(ground, longest: 8192);
        Assert.Equal(200, await pc.SyncAsync());
        Assert.Empty(pc.Faults);
        Assert.Equal((layout, "0"), (pc.Tree[Start], pc.Tree[Camera]));
        Assert.InRange(pc.Parts, Encoding.UTF8.GetByteCount(layout) / 8192, 40);
        Assert.All(pc.PartStatuses, status => Assert.Equal("213", status));
        Assert.InRange(pc.PartStatuses.Count, layout.Length / 8192, 40);
        Assert.Empty(await ground.QueryAsync(db => db.Set<OpenSetting>().ToListAsync()));
        Assert.True((await DeviceAsync(ground)).IsClean);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_policy_that_stands_but_is_not_in_force_is_told_and_left_alone(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        await AssignAsync(ground, [Line(Camera, "0"), Line(Pua, "1")]);
        var pc = await ManagedAsync(ground);
        pc.Tree[Camera.Replace("/Config/", "/Result/", StringComparison.Ordinal)] = "1";
        Assert.Equal(200, await pc.SyncAsync());
        Assert.DoesNotContain(pc.Received, command => command.Path.Contains("/Result/", StringComparison.Ordinal));
        var written = pc.Received.Count(command => command.Name == "Replace");
        var id = (await DeviceAsync(ground)).Id;
        Assert.Null(await ground.Service.InScopeAsync(provider => provider.GetRequiredService<Sessions.CommandQueue>().ReadNowAsync(id, CancellationToken.None), ground.Customer.Id));
        Assert.Equal((200, 200), (await pc.SyncAsync(), await pc.SyncAsync()));
        Assert.Empty(pc.Faults);
        Assert.Equal(written, pc.Received.Count(command => command.Name == "Replace"));
        var row = await ground.QueryAsync(db => db.Set<OpenSetting>().SingleAsync());
        Assert.Equal((Camera, SettingOutcome.Failed, "Written, but another authority's value is in force: 1"), (row.Path, row.Outcome, row.Reason));
    }

    [Fact]
    public async Task A_pc_that_says_1226_is_out_of_management()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Postgres);
        await AssignAsync(ground, [Line(Camera, "0")]);
        var pc = await ManagedAsync(ground);
        Assert.Equal(200, await pc.SyncAsync(more: RawSyncMl.Leave(5)));
        Assert.Empty(pc.Faults);
        Assert.Empty(pc.Received);
        Assert.Equal(DeviceState.Retired, (await DeviceAsync(ground)).State);
        Assert.Equal(403, await pc.SyncAsync());
    }

    [Fact]
    public void The_raw_client_knows_nothing_of_the_protocol_assembly_or_the_simulator()
    {
        var files = Directory.GetFiles(Path.Combine(Guards.Sources.Root, "tests", "Deskward.Tests", "RawClient"), "Raw*.cs").Where(file => !file.EndsWith("Tests.cs", StringComparison.Ordinal)).ToArray();
        Assert.InRange(files.Length, 5, 40);
        Assert.All(files, file => Assert.DoesNotContain("using Deskward", File.ReadAllText(file), StringComparison.Ordinal));
    }

    private static SettingLine Line(string path, string value) => new() { Path = path, Value = value };

    private static async Task<RawManagedPc> ManagedAsync(EnrolmentGround ground, int? longest = null)
    {
        var pc = await ground.EnrolledAsync();
        return new RawManagedPc(pc, ground.Service.Client(pc.Certificate), new Uri(ground.Service.ManagementUrl, "/ManagementServer/MDM.svc")) { Longest = longest };
    }

    private static Task<Device> DeviceAsync(EnrolmentGround ground) => ground.QueryAsync(db => db.Set<Device>().AsNoTracking().SingleAsync());

    private static Task<Assignment> AssignAsync(EnrolmentGround ground, IReadOnlyList<SettingLine> lines) => ground.Service.InScopeAsync(
        async provider =>
        {
            var assigned = await provider.GetRequiredService<Baseline>().EnsureAsync(ground.Customer.Id, "Raw", "", lines, CancellationToken.None);
            return assigned.IsRefused ? throw new InvalidOperationException(assigned.Refusal.Message) : assigned.Value;
        },
        ground.Customer.Id);
}
