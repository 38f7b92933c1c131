using System.Text.Json;
using Deskward.Browser;
using Deskward.DesiredState;
using Deskward.DesiredState.Answers;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Deskward.Sessions;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Policies;

/// <summary>"Why this value?" as an operator asks it, and as it stands on the PC's page.</summary>
public sealed class ExplainVerbTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_operator_asks_of_a_PC_of_one_setting_and_for_JSON(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.AssignAsync((Fleet.Camera, "0"), (SessionBench.Pua, "1"));
        using var pc = await pcs.EnrolAsync();
        await pc.SyncAsync(Stop);
        var device = await pcs.DeviceAsync(pc);
        string[] asked = ["--pc", device.Name.ToUpperInvariant(), "--organisation", pcs.Customer.Domain];
        var table = await RunAsync(pcs.Service, asked);
        Assert.Equal((0, 2), (table.Code, table.Output.Split('\n').Count(line => line.Contains("Foundation", StringComparison.Ordinal) && line.StartsWith("Verified", StringComparison.Ordinal))));
        var one = await RunAsync(pcs.Service, [.. asked, "--setting", Fleet.Camera.Replace("./Device", ".", StringComparison.Ordinal)]);
        Assert.Equal((0, ""), (one.Code, one.Error));
        Assert.All(["Without it", "It would be deleted", "Assigned by", "Assigned a policy set, ", "The PC acknowledged it and showed the value"], words => Assert.Contains(words, one.Output, StringComparison.Ordinal));
        using var json = JsonDocument.Parse((await RunAsync(pcs.Service, "--pc", device.Id.ToString(), "--json")).Output);
        var setting = json.RootElement.GetProperty("settings")[0];
        Assert.Equal((Fleet.Camera, "Verified", "Deleted"), (setting.GetProperty("path").GetString(), setting.GetProperty("standing").GetProperty("outcome").GetString(), setting.GetProperty("without").GetProperty("kind").GetString()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_that_is_not_there_not_the_only_one_or_gone_and_a_setting_that_does_not_exist_are_refused(Engine engine)
    {
        var (fleet, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        var (mine, gone) = ((await fleet.AddDevicesAsync(2)) is var added ? (added[0], added[1]) : default);
        await other.AddDevicesAsync(1);
        await fleet.QueryAsync(db => db.Set<Devices.Device>().Where(row => row.Id == gone).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, Devices.DeviceState.Retired)));
        string[] named = ["--organisation", fleet.Tenant.ToString(), "--pc"];
        await MustRefuseAsync(fleet, "There is no PC 'Nobody' in ", [.. named, "Nobody"]);
        await MustRefuseAsync(fleet, "; give --organisation.", "--pc", "pc-0");
        await MustRefuseAsync(fleet, "is retired: nothing is wanted of it any more.", [.. named, "PC-1"]);
        await MustRefuseAsync(fleet, "There is no organisation 'nowhere.example'", "--pc", "PC-0", "--organisation", "nowhere.example");
        await MustRefuseAsync(fleet, $"The nearest is {Fleet.Camera}.", [.. named, "PC-0", "--setting", Fleet.Camera + "s"]);
        Assert.Contains("Nothing that is assigned to this PC", (await RunAsync(fleet.Service, [.. named, mine.ToString(), "--setting", Fleet.Camera])).Output, StringComparison.Ordinal);
        await fleet.AddDevicesAsync(1);
        await MustRefuseAsync(fleet, "'PC-0' names 2 PCs of ", [.. named, "PC-0"]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_page_of_the_PC_answers_with_one_more_click(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.AssignAsync((Fleet.Camera, "0"));
        using var pc = await pcs.EnrolAsync();
        await pc.SyncAsync(Stop);
        using var visitor = await PortalVisitor.NewAsync(pcs.Service, pcs.Customer, "adam", Role.ItAdministrator);
        var page = $"/devices/{(await pcs.DeviceAsync(pc)).Id}";
        var link = "?why=" + Uri.EscapeDataString(Fleet.Camera);
        Assert.Contains(link, await visitor.MarkupAsync(page), StringComparison.OrdinalIgnoreCase);
        var told = await visitor.TextAsync(page + link);
        Assert.All(["Without it", "It would be deleted from the PC", "Assigned by", "Version made by", "PC in the group by", "Enrolled a PC"], words => Assert.Contains(words, told, StringComparison.Ordinal));
        Assert.Contains("Nothing that is assigned to this PC", await visitor.TextAsync(page + "?why=" + Uri.EscapeDataString(Fleet.Pin)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_move_a_terminals_cursor_is_left_out()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var device = (await fleet.AddDevicesAsync(1))[0];
        await fleet.AssignAsync(await fleet.AddPolicyAsync((ExplanationGround.Phone, "1\u202e" + new string('x', 300))), await fleet.AllDevicesAsync());
        var (found, told) = (new FoundPc(await fleet.RowAsync(device), new(fleet.Tenant, "Con\u001btoso")), await fleet.ExplainAllAsync(device));
        var report = new ExplainReport(found, told);
        Assert.All([report.ToTable(), report.ToText(), report.ToJson()], text => Assert.DoesNotContain(text, character => character is '\u001b' or '\u202e'));
        Assert.DoesNotContain(new string('x', 60), report.ToTable(), StringComparison.Ordinal);
    }

    private static async Task MustRefuseAsync(Fleet fleet, string why, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(fleet.Service, arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("deskward: ", error, StringComparison.Ordinal);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    private static Task<CommandRun> RunAsync(TestService service, params string[] arguments) => DeskwardCommand.RunOnAsync(service.Settings, ["explain", .. arguments]);
}
