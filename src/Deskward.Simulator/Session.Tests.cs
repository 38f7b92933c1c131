using System.Globalization;
using System.Security.Cryptography.Pkcs;
using System.Text;
using Deskward.Protocol.SyncMl;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Deskward.Simulator.ScriptedService;

namespace Deskward.Simulator;

public sealed class SessionTests
{
    private const string Policy = "./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection";
    private const string Rule = "./Vendor/MSFT/Firewall/MdmStore/FirewallRules/Web";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Package_one_is_that_of_windows()
    {
        await using var service = await StartAsync();
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        Assert.True(report.IsClean, report.ToString());
        var body = Encoding.UTF8.GetString(service.Bodies.Single());
        Assert.StartsWith("<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>1</MsgID>"
            + $"<Target><LocURI>{service.Url}</LocURI></Target><Source><LocURI>{pc.Identity.DeviceId}</LocURI></Source></SyncHdr><SyncBody>"
            + "<Alert><CmdID>2</CmdID><Data>1201</Data></Alert><Alert><CmdID>3</CmdID><Data>1224</Data><Item><Meta>"
            + "<Type xmlns=\"syncml:metinf\">com.microsoft/MDM/LoginStatus</Type></Meta><Data>user</Data></Item></Alert>"
            + "<Replace><CmdID>4</CmdID><Item><Source><LocURI>./DevInfo/DevId</LocURI></Source>", body, StringComparison.Ordinal);
        Assert.EndsWith("<Data>en-US</Data></Item></Replace><Final/></SyncBody></SyncML>", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_command_is_answered_in_order_and_results_follow_their_get()
    {
        await using var service = await StartAsync(Say(
            Do(SyncVerb.Replace, Policy, "1", "int"), Do(SyncVerb.Get, Policy), Do(SyncVerb.Get, "./Nowhere"),
            new ItemCommand(SyncVerb.Get, [new SyncItem { Target = "./DevDetail/SwV" }, new SyncItem { Target = "./DevInfo/Nothing" }])));
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        var commands = service.Message(1).Commands;
        Assert.Equal([200, 200, 200, 404, 200, 404], commands.OfType<StatusCommand>().Select(status => status.Code));
        Assert.Equal(["Status", "Status", "Status", "Results", "Status", "Status", "Status", "Results"],
            commands.Select(command => command is StatusCommand ? "Status" : "Results"));
        Assert.Equal(["./DevDetail/SwV"], commands.OfType<StatusCommand>().ElementAt(4).TargetRefs);
        Assert.Equal("10.0.26100.4061", commands.OfType<ResultsCommand>().Last().Items.Single().Data);
        Assert.Equal((2, 5), (report.Messages, report.Commands));
        Assert.True(report.IsClean, report.ToString());
    }

    [Fact]
    public async Task A_failed_atomic_is_rolled_back_as_a_whole()
    {
        await using var service = await StartAsync(Say(new AtomicCommand(
            [Do(SyncVerb.Add, Rule + "/Name", "Web", "chr"), Do(SyncVerb.Replace, Rule + "/Protocol", "70000", "int"), Do(SyncVerb.Replace, Rule + "/Enabled", "true", "bool")])));
        using var pc = service.Pc();
        await pc.SyncAsync(Stop);

        Assert.Equal([200, 507, 216, 404, 215], service.Message(1).Commands.OfType<StatusCommand>().Select(status => status.Code));
        Assert.DoesNotContain(pc.Tree.Settings, setting => setting.Key.Contains("FirewallRules", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_get_or_an_atomic_inside_an_atomic_makes_it_fail()
    {
        var inner = new AtomicCommand([Do(SyncVerb.Replace, Policy, "1", "int")]);
        await using var service = await StartAsync(Say(new AtomicCommand([Do(SyncVerb.Replace, Policy, "1", "int"), Do(SyncVerb.Get, Policy)])), Say(new AtomicCommand([inner])));
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        Assert.Equal([200, 507, 215, 500], service.Message(1).Commands.OfType<StatusCommand>().Select(status => status.Code));
        Assert.Equal([200, 507, 500], service.Message(2).Commands.OfType<StatusCommand>().Select(status => status.Code));
        Assert.Null(pc.Tree.Read(Policy));
        Assert.Equal(2, report.Violations.Count(violation => violation.Rule == "atomic"));
    }

    [Theory]
    [InlineData("<Data>1</Data>", "<Data><![CDATA[1]]></Data>", "cdata")]
    [InlineData("<Format xmlns=\"syncml:metinf\">int", "<Format>int", "namespace")]
    [InlineData("<Meta><Format xmlns=\"syncml:metinf\">int</Format></Meta>", "", "csp")]
    [InlineData("<MsgID>1</MsgID>", "<MsgID>2</MsgID>", "header")]
    [InlineData("<SessionID>1</SessionID>", "<SessionID>7</SessionID>", "header")]
    [InlineData("SYNCML:SYNCML1.2", "SYNCML:SYNCML1.1", "namespace")]
    [InlineData("<Final/>", "", "final")]
    [InlineData("<CmdID>5</CmdID>", "", "cmdid")]
    [InlineData("<CmdID>5</CmdID>", "<CmdID>0</CmdID>", "cmdid")]
    [InlineData("<CmdID>5</CmdID>", "<CmdID>4</CmdID>", "cmdid")]
    [InlineData("<CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd>", "<CmdRef>2</CmdRef><Cmd>Alert</Cmd>", "header status")]
    [InlineData("<CmdRef>3</CmdRef>", "<CmdRef>9</CmdRef>", "status")]
    [InlineData("<LocURI>./Device", "<LocURI>/Device", "locuri")]
    [InlineData("<VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>", "<VerProto>DM/1.2</VerProto><VerDTD>1.2</VerDTD>", "order")]
    [InlineData("<Data>1</Data>", "<Data><a/></Data>", "data")]
    [InlineData("</SyncML>", "", "xml")]
    public async Task What_the_protocol_forbids_is_noticed(string right, string wrong, string rule)
    {
        await using var service = await StartAsync(Damaged(text => text.Replace(right, wrong, StringComparison.Ordinal), Do(SyncVerb.Replace, Policy, "1", "int")));
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        Assert.Contains(report.Violations, violation => violation.Rule == rule);
    }

    [Fact]
    public async Task A_command_without_id_is_refused_with_a_blank_reference()
    {
        await using var service = await StartAsync(Damaged(text => text.Replace("<CmdID>5</CmdID>", "", StringComparison.Ordinal), Do(SyncVerb.Replace, Policy, "1", "int")));
        using var pc = service.Pc();
        await pc.SyncAsync(Stop);

        var status = service.Message(1).Commands.OfType<StatusCommand>().Last();
        Assert.Equal((400, "", "Replace"), (status.Code, status.CommandRef, status.Command));
        Assert.Null(pc.Tree.Read(Policy));
    }

    [Theory]
    [InlineData(ReplyLoss.AfterAnswer)]
    [InlineData(ReplyLoss.WhileWaiting)]
    public async Task After_a_lost_reply_the_same_bytes_are_sent_again(ReplyLoss loss)
    {
        await using var service = await StartAsync(Say());
        using var pc = service.Pc();
        pc.Faults.LoseReply(loss, exchange: 1);
        var report = await pc.SyncAsync(Stop);

        Assert.Equal((SyncOutcome.Completed, 1), (report.Outcome, report.Retries));
        Assert.Equal(service.Bodies.First(), service.Bodies.Last());
        Assert.Equal(2, service.Bodies.Count);
    }

    [Fact]
    public async Task Another_answer_to_the_same_message_is_noticed()
    {
        await using var service = await StartAsync(Say(), Say(Do(SyncVerb.Get, "./DevDetail/SwV")));
        using var pc = service.Pc();
        pc.Faults.LoseReply();
        var report = await pc.SyncAsync(Stop);

        Assert.Equal("repetition", Assert.Single(report.Violations).Rule);
    }

    [Fact]
    public async Task A_chunked_answer_is_noticed()
    {
        await using var service = await StartAsync(message => new ScriptedAnswer(Bytes(message, true, [])) { IsChunked = true });
        using var pc = service.Pc();

        Assert.Equal("http", Assert.Single((await pc.SyncAsync(Stop)).Violations).Rule);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_pc_that_is_not_admitted_does_not_insist(int status)
    {
        await using var service = await StartAsync(_ => new ScriptedAnswer([], status));
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        Assert.Equal((SyncOutcome.Refused, status, 0), (report.Outcome, report.HttpStatus, report.Retries));
    }

    [Fact]
    public async Task An_overloaded_service_is_given_the_time_it_asks_for()
    {
        await using var service = await StartAsync(_ => new ScriptedAnswer([], 429, RetryAfter: 7));
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        Assert.Equal((SyncOutcome.Completed, 1, TimeSpan.FromSeconds(7)), (report.Outcome, report.Retries, report.RetryAfter));
    }

    [Fact]
    public async Task Credentials_are_sent_when_they_are_asked_for()
    {
        await using var service = await StartAsync(
            message => new ScriptedAnswer(Bytes(message, true, [], 407, new Challenge(AuthMd5.Type, [9, 9]))), Say(Do(SyncVerb.Get, "./DevDetail/SwV")));
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        Assert.True(report.IsClean, report.ToString());
        var again = service.Message(1);
        Assert.Equal((2, "pc"), (again.Header.MessageId, again.Header.SourceName));
        Assert.Equal(AuthMd5.Digest(AuthMd5.Secret("pc", "secret"), [9, 9]), again.Header.Credential!.Data);
        Assert.IsType<StatusCommand>(again.Commands[0]);
        Assert.Equal(1201, ((AlertCommand)again.Commands[1]).Code);
        Assert.NotNull(service.Message(2).Header.Credential);
    }

    [Fact]
    public async Task A_restart_happens_when_the_session_is_over()
    {
        await using var service = await StartAsync(Say(Do(SyncVerb.Exec, "./Device/Vendor/MSFT/Reboot/RebootNow")));
        using var pc = service.Pc();
        await pc.SyncAsync(Stop);

        Assert.Equal((1, LoginStatus.None, "ada@contoso.example"), (pc.Restarts, pc.LoginStatus, pc.ComesBack));
        Assert.Equal(200, service.Message(1).Commands.OfType<StatusCommand>().Last().Code);
    }

    [Fact]
    public async Task A_name_that_is_ordered_is_the_PC_s_after_the_next_restart()
    {
        await using var service = await StartAsync(Say(Do(SyncVerb.Replace, "./DevDetail/Ext/Microsoft/DNSComputerName", "DSK-1")));
        using var pc = service.Pc();
        await pc.SyncAsync(Stop);
        var before = pc.Tree.Read("./DevDetail/Ext/Microsoft/DeviceName");
        pc.Restart();
        Assert.NotEqual("DSK-1", before);
        Assert.Equal("DSK-1", pc.Tree.Read("./DevDetail/Ext/Microsoft/DeviceName"));
    }

    [Fact]
    public async Task The_service_lets_a_pc_go_and_gets_the_alert_instead_of_a_status()
    {
        await using var service = await StartAsync(Say(Do(SyncVerb.Exec, "./Device/Vendor/MSFT/DMClient/Provider/Test/Unenroll")));
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        Assert.Equal((SyncOutcome.Unenrolled, false), (report.Outcome, pc.IsEnrolled));
        Assert.Equal([1201, 1224, 1226], service.Message(1).Commands.OfType<AlertCommand>().Select(alert => alert.Code));
        Assert.Equal(1, service.Message(1).Header.MessageId);
        Assert.Empty(pc.Tree.Settings);
    }

    [Fact]
    public async Task A_signed_message_can_be_checked()
    {
        await using var service = await StartAsync();
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-03-04T05:06:07Z", CultureInfo.InvariantCulture));
        using var pc = service.Pc(time: time);
        pc.Tree.SetLocally(PcNodes.Provider("Test") + "/RequireMessageSigning", "true");
        await pc.SyncAsync(Stop);

        var headers = service.Headers.Single();
        var cms = new SignedCms(new ContentInfo(service.Bodies.Single()), detached: true);
        cms.Decode(Convert.FromBase64String(headers["MS-Signature"].ToString()));
        cms.CheckSignature(verifySignatureOnly: true);
        Assert.Equal(time.GetUtcNow(), new Pkcs9SigningTime(cms.SignerInfos[0].SignedAttributes[1].Values[0].RawData).SigningTime.ToUniversalTime());
        Assert.Equal(headers["MS-Signature"], headers["MDM-Signature"]);
    }

    [Fact]
    public async Task A_node_fails_as_often_as_it_was_told_to()
    {
        var write = Do(SyncVerb.Replace, Policy, "1", "int");
        await using var service = await StartAsync(Say(write), Say(write));
        using var pc = service.Pc();
        pc.Faults.FailNode(Policy, 503, times: 1);
        var report = await pc.SyncAsync(Stop);

        Assert.Equal([503, 200], report.CarriedOut.Select(each => each.Status));
    }

    [Fact]
    public async Task A_whole_atomic_is_answered_command_by_command()
    {
        await using var service = await StartAsync(Say(new AtomicCommand(
            [Do(SyncVerb.Add, Rule + "/Name", "Web", "chr"), Do(SyncVerb.Replace, Rule + "/Direction", "OUT", "chr"), Do(SyncVerb.Replace, Rule + "/Enabled", "true", "bool")])));
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        Assert.True(report.IsClean, report.ToString());
        Assert.Equal(["SyncHdr", "Atomic", "Add", "Replace", "Replace"], service.Message(1).Commands.OfType<StatusCommand>().Select(status => status.Command));
        Assert.Equal("true", pc.Tree.Read(Rule + "/Enabled"));
    }

    [Fact]
    public async Task A_sequence_is_carried_out_in_order_and_goes_on_after_a_failure()
    {
        await using var service = await StartAsync(message => new ScriptedAnswer(Bytes(message, true, [new SequenceCommand(
            [Do(SyncVerb.Replace, Policy, "1", "int") with { CommandId = "21" }, Do(SyncVerb.Get, "./Nowhere") with { CommandId = "22" },
             Do(SyncVerb.Delete, Policy) with { CommandId = "23" }])])));
        using var pc = service.Pc();
        await pc.SyncAsync(Stop);

        Assert.Equal([200, 200, 200, 404, 200], service.Message(1).Commands.OfType<StatusCommand>().Select(status => status.Code));
        Assert.Null(pc.Tree.Read(Policy));
    }

    [Theory]
    [InlineData("ada@contoso.example", "user")]
    [InlineData("bob@contoso.example", "others")]
    [InlineData(null, "none")]
    public async Task Package_one_says_who_is_signed_in(string? person, string expected)
    {
        await using var service = await StartAsync();
        using var pc = service.Pc();
        pc.SignOut();
        if (person is not null)
        {
            pc.SignIn(person);
        }
        await pc.SyncAsync(Stop);

        Assert.Equal(expected, service.Message(0).Commands.OfType<AlertCommand>().Single(alert => alert.Code == AlertCode.ClientEvent).Items[0].Data);
    }

    [Fact]
    public async Task Results_can_come_twice()
    {
        await using var service = await StartAsync(Say(Do(SyncVerb.Get, "./DevDetail/SwV")), Say(Do(SyncVerb.Get, "./DevDetail/OEM")));
        using var pc = service.Pc();
        pc.Faults.RepeatsResults = true;
        var report = await pc.SyncAsync(Stop);

        Assert.True(report.IsClean, report.ToString());
        Assert.Equal([1, 2], service.Message(2).Commands.OfType<ResultsCommand>().Select(results => results.MessageRef!.Value).Order());
    }
}
