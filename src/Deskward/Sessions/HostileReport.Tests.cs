using System.Globalization;
using System.Net;
using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Protocol.SyncMl;
using Deskward.Simulator;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.Sessions;

/// <summary>Script, formulas, line ends and characters that turn the direction of a text, in every text that a PC reports.</summary>
public sealed class HostileReportTests(Services services)
{
    private const string Hostile = "=HYPERLINK(\"x\")\r\n\u202E<script>alert(1)</script>\u0085\u2028\u200B'; DROP TABLE x;--";
    private static readonly string s_long = Hostile + new string('\u4E00', 70_000);

    private static readonly string[] s_nodes = ["Man", "Mod", "DevId", "DmV", "Lang", "Made\u202EUp"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_pc_says_by_itself_is_stored_clean(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var pc = await pcs.EnrolAsync();
        await PostAsync(pcs, pc, Hostile[^20..] + "\u202E", 1,
            Alert(AlertCode.ClientEvent, AlertCode.LoginStatusType, null), Alert(AlertCode.Generic, s_long, s_long), Alert(AlertCode.ClientEvent, Hostile, Hostile),
            new ItemCommand(SyncVerb.Replace, [.. s_nodes.Select(node => new SyncItem { Source = "./DevInfo/" + node, Data = s_long })]));
        Assert.Null((await pcs.DeviceAsync(pc)).Inventory); // Until the facts that were asked for are there, too, or the session ends without them.
        await PostAsync(pcs, pc, Hostile[^20..] + "\u202E", 2, new AlertCommand(AlertCode.SessionAbort, []));
        var session = await pcs.QueryAsync(db => db.Set<Session>().SingleAsync());
        var device = await pcs.DeviceAsync(pc);
        AssertClean(session.SessionId, session.LoginStatus!, device.Manufacturer!, device.Model!);
        AssertClean([.. session.Events!.Split('\n'), .. DeviceInventory.Read(device.Inventory).SelectMany(fact => new[] { fact.Key, fact.Value.Value })]);
        Assert.InRange(session.Events.Length, 10, 2000);
        Assert.Equal(pc.Identity.DeviceId, device.HardwareId);
        Assert.DoesNotContain(DeviceInventory.Read(device.Inventory).Keys, path => path.Contains("Made", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_access_token_of_the_person_is_not_kept()
    {
        var pcs = await ManagedPcs.NewAsync(services, Engine.Sqlite);
        using var pc = await pcs.EnrolAsync();
        await PostAsync(pcs, pc, "1", 1, Alert(AlertCode.ClientEvent, AlertCode.UserTokenType, null), Alert(AlertCode.Generic, "told", "by itself"));
        var events = (await pcs.QueryAsync(db => db.Set<Session>().SingleAsync())).Events!;
        Assert.StartsWith("told by itself ", events, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', events);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_pc_answers_is_stored_clean(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.AssignAsync((UserSetting, "Printer"));
        using var pc = await pcs.EnrolAsync(new PcProfile { Name = "PC", SerialNumber = Hostile, Manufacturer = Hostile, Model = Hostile });
        pc.SignIn(pc.Owner!);
        await pc.SyncAsync(Stop);
        pc.Tree.SetLocally(UserSetting, Hostile);
        var id = (await pcs.DeviceAsync(pc)).Id;
        Assert.Null(await pcs.AsAsync<CommandQueue, Refusal?>(queue => queue.ReadNowAsync(id, Stop)));
        await pc.SyncAsync(Stop);
        var drift = await pcs.QueryAsync(db => db.Set<Drift>().SingleAsync());
        AssertClean(drift.Found!, (await pcs.DeviceAsync(pc)).Serial!);
        Assert.Equal("Printer", pc.Tree.Read(UserSetting));
    }

    [Fact]
    public async Task Thousands_of_alerts_leave_no_more_than_a_page()
    {
        var pcs = await ManagedPcs.NewAsync(services, Engine.Sqlite);
        using var pc = await pcs.EnrolAsync();
        await PostAsync(pcs, pc, "7", 1, [.. Enumerable.Range(0, 5000).Select(_ => Alert(AlertCode.Generic, "x", Hostile))]);
        Assert.InRange((await pcs.QueryAsync(db => db.Set<Session>().SingleAsync())).Events!.Length, 10, 2000);
    }

    private static AlertCommand Alert(int code, string type, string? source) =>
        new(code, [new SyncItem { Source = source, Meta = new SyncMeta("chr", type), Data = Hostile }]);

    private static async Task PostAsync(ManagedPcs pcs, VirtualPc pc, string session, int id, params SyncCommand[] commands)
    {
        var header = new SyncHeader { SessionId = session, MessageId = id, Target = "https://mdm", Source = pc.Identity.DeviceId };
        var message = new SyncMlMessage(header, [.. commands.Select((command, at) => command with { CommandId = OutgoingMessage.Text(at + 2) })], true);
        using var identity = ManagedPcs.IdentityOf(pc);
        Assert.Equal(HttpStatusCode.OK, await IdentityTests.PostAsync(pcs.Service, identity, SyncMlWriter.Write(message)));
    }

    private static void AssertClean(params string[] texts) => Assert.All(texts, text => Assert.DoesNotContain(text, character =>
        char.IsControl(character) || char.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse));
}
