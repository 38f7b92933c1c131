using System.Text;
using Deskward.Protocol.Tests;
using Xunit;

namespace Deskward.Protocol.SyncMl;

/// <summary>Messages that a real PC sent, and samples from documentation, where they lie beside the repository.</summary>
public sealed class SyncMlCaptureTests
{
    private const string Folder = "reference/captures";

    /// <summary>Files of the folder that are SyncML: null when the file is read, otherwise the refusal it meets, because it is a fragment or damaged.</summary>
    internal static readonly IReadOnlyDictionary<string, string?> Expected = new Dictionary<string, string?>
    {
        ["fleet-mdmtest-package1.xml"] = null,
        ["fleet-mdmtest-unenroll-1226.xml"] = null,
        ["learn-diagnosticlog-exec-snap.xml"] = "SyncHdr is missing",
        ["learn-diagnosticlog-replace-type-no-ns.xml"] = "SyncHdr is missing",
        ["learn-diagnosticlog-results-collection.xml"] = "SyncHdr has no SessionID",
        ["learn-edam-add-exec-msiinstalljob-1.2.xml"] = "SyncHdr is missing",
        ["learn-edam-add-exec-msiinstalljob.xml"] = "SyncHdr is missing",
        ["learn-edam-alert-1224-win32csp.xml"] = "the root element is 'Alert'",
        ["learn-edam-response-utf16-decl.xml"] = "SyncHdr has no SessionID",
        ["learn-oma-dm-loginstatus-alert.xml"] = "the root element is 'Alert'",
        ["learn-unenroll-server-alert-1226.xml"] = "the root element is 'Alert'",
        ["learn-unenroll-user-package1-1226.xml"] = "an attribute value is not in quotes",
        ["learn-windc-1224-declaredconfigurationdocuments.xml"] = null,
        ["msmdm-3.1.5.1.3-atomic.xml"] = null,
        ["msmdm-3.1.5.1.5-exec.xml"] = null,
        ["msmdm-3.1.5.2-status-results.xml"] = null,
        ["oma-security-5.3.1-md5-cred.xml"] = null,
        ["windows-26200.9278-capability-probes.xml"] = null,
        ["windows-26200.9278-devdetail-results.xml"] = null,
        ["windows-26200.9278-large-result-abort-2048.xml"] = null,
        ["windows-26200.9278-large-result-abort-8192.xml"] = null,
        ["windows-26200.9278-namespace11-response.xml"] = null,
        ["windows-26200.9278-namespace11-results.xml"] = null,
        ["windows-26200.9278-package1-digest.xml"] = null,
        ["windows-26200.9278-package1-user.xml"] = null,
        ["windows-26200.9278-unenroll-1226.xml"] = null,
    };

    private const string RealAddress = "https://mdm.example.test/ManagementServer/MDM.svc";

    /// <summary>What a header needs, for samples that come without one.</summary>
    private const string Header =
        "<SyncHdr><SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>a</LocURI></Target><Source><LocURI>b</LocURI></Source></SyncHdr>";

    public static TheoryData<string> Files => [.. Expected.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_message_is_read_or_refused_for_the_stated_reason(string file)
    {
        var bytes = SharedFiles.Bytes($"{Folder}/{file}");

        var error = Record.Exception(() => SyncMlReader.Read(bytes));

        Assert.True(error is null or ProtocolException, error?.ToString());
        Assert.Contains(Expected[file] ?? "", error?.Message ?? "", StringComparison.Ordinal);
        Assert.Equal(Expected[file] is null, error is null);
    }

    [Fact]
    public void No_SyncML_in_the_folder_is_left_out()
    {
        var syncMl = SharedFiles.Names(Folder).Where(name => name.EndsWith(".xml", StringComparison.Ordinal))
            .Where(name => Encoding.UTF8.GetString(SharedFiles.Bytes($"{Folder}/{name}")) is var text
                && (text.Contains("<SyncML", StringComparison.Ordinal) || text.StartsWith("<Alert>", StringComparison.Ordinal)));

        Assert.Equal(Expected.Keys.Order(StringComparer.Ordinal), syncMl);
    }

    [Fact]
    public void What_was_read_is_written_and_read_the_same()
    {
        foreach (var file in Expected.Where(pair => pair.Value is null).Select(pair => pair.Key))
        {
            var message = Read(file);

            SyncMlEquality.Same(message, SyncMlReader.Read(SyncMlWriter.Write(message)));
        }
    }

    [Fact]
    public void The_first_package_of_a_real_PC()
    {
        var message = Read("windows-26200.9278-package1-user.xml");

        Assert.Equal(("1", 1, RealAddress, true), (message.Header.SessionId, message.Header.MessageId, message.Header.Target, message.Final));
        Assert.Equal(["2", "3", "4"], message.Commands.Select(command => command.CommandId));
        Assert.Equal([AlertCode.ClientInitiated, AlertCode.ClientEvent], message.Commands.OfType<AlertCommand>().Select(alert => alert.Code));
        var login = ((AlertCommand)message.Commands[1]).Items.Single();
        Assert.Equal((AlertCode.LoginStatusType, null, "user"), (login.Meta!.Type, login.Meta.Format, login.Data));
        var info = (ItemCommand)message.Commands[2];
        Assert.Equal(["./DevInfo/DevId", "./DevInfo/Man", "./DevInfo/Mod", "./DevInfo/DmV", "./DevInfo/Lang"], info.Items.Select(item => item.Source));
        Assert.All(info.Items, item => Assert.Null(item.Meta));
    }

    [Fact]
    public void The_first_package_is_repeated_with_credentials()
    {
        var message = Read("windows-26200.9278-package1-digest.xml");

        Assert.Equal((AuthMd5.Type, "AAAAAAAAAAAAAAAAAAAAAA=="), (message.Header.Credential!.Type, message.Header.Credential.Data));
        Assert.NotNull(message.Header.SourceName);
        var status = Assert.IsType<StatusCommand>(message.Commands[0]);
        Assert.Equal((1, "0", "SyncHdr", SyncStatus.Ok), (status.MessageRef, status.CommandRef, status.Command, status.Code));
    }

    [Fact]
    public void One_Get_of_five_items_is_answered_by_five_Statuses_told_apart_by_TargetRef()
    {
        var message = Read("windows-26200.9278-devdetail-results.xml");

        var statuses = message.Commands.OfType<StatusCommand>().Where(status => status.CommandRef == "5").ToList();
        Assert.Equal(5, statuses.Select(status => Assert.Single(status.TargetRefs)).Distinct().Count());
        Assert.Equal([200, 200, 200, 200, 404], statuses.Select(status => status.Code));
        Assert.EndsWith("/Push/ChannelURI", statuses[4].TargetRefs[0], StringComparison.Ordinal);
        var results = Assert.Single(message.Commands.OfType<ResultsCommand>());
        Assert.Equal(statuses.Take(4).Select(status => status.TargetRefs[0]), results.Items.Select(item => item.Source));
        Assert.Equal(("bool", "false"), (results.Items[1].Meta!.Format, results.Items[1].Data));
        Assert.Equal("xml", results.Items[3].Meta!.Format);
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<DeviceManageability ", results.Items[3].Data, StringComparison.Ordinal);
    }

    [Fact]
    public void Single_Gets_are_answered_without_TargetRef_each_Status_followed_by_its_Results()
    {
        var commands = Read("windows-26200.9278-capability-probes.xml").Commands;

        Assert.All(commands.OfType<StatusCommand>(), status => Assert.Empty(status.TargetRefs));
        Assert.Equal(["5", "6"], commands.OfType<ResultsCommand>().Select(results => results.CommandRef));
        Assert.IsType<StatusCommand>(commands[1]);
        Assert.IsType<ResultsCommand>(commands[2]);
        Assert.Equal(["7", "8", "9"], commands.OfType<StatusCommand>().Where(status => status.Code == SyncStatus.NotSupported).Select(status => status.CommandRef));
    }

    [Theory]
    [InlineData("windows-26200.9278-large-result-abort-2048.xml", "4")]
    [InlineData("windows-26200.9278-large-result-abort-8192.xml", "8")]
    public void A_result_beyond_the_size_aborts_the_session(string file, string session)
    {
        var message = Read(file);

        Assert.Equal(session, message.Header.SessionId);
        Assert.Equal(AlertCode.SessionAbort, message.Commands.OfType<AlertCommand>().Single().Code);
    }

    [Fact]
    public void Namespace_1_1_of_the_server_is_answered_in_1_2()
    {
        var request = Assert.IsType<ItemCommand>(Read("windows-26200.9278-namespace11-response.xml").Commands[4]);
        var results = Read("windows-26200.9278-namespace11-results.xml").Commands.OfType<ResultsCommand>().Single();

        Assert.Equal((SyncVerb.Get, "./DevInfo/Man"), (request.Verb, request.Items[0].Target));
        Assert.Equal((request.CommandId, "./DevInfo/Man"), (results.CommandRef, results.Items[0].Source));
    }

    [Fact]
    public void A_user_who_leaves_management_sends_1226()
    {
        var alert = Read("windows-26200.9278-unenroll-1226.xml").Commands.OfType<AlertCommand>().Single(alert => alert.Code == AlertCode.Generic);

        var item = Assert.Single(alert.Items);
        Assert.Equal(new SyncMeta("int", AlertCode.UnenrolType) { Mark = "critical" }, item.Meta);
        Assert.Equal("1", item.Data);
    }

    [Fact]
    public void The_samples_of_the_specification_are_read()
    {
        var atomic = Assert.IsType<AtomicCommand>(Assert.Single(Read("msmdm-3.1.5.1.3-atomic.xml").Commands));
        var exec = Assert.IsType<ItemCommand>(Assert.Single(Read("msmdm-3.1.5.1.5-exec.xml").Commands));
        var signed = Read("oma-security-5.3.1-md5-cred.xml").Header;

        Assert.Equal(("10", "8,9"), (atomic.CommandId, string.Join(',', atomic.Commands.Select(command => command.CommandId))));
        Assert.Equal((SyncVerb.Exec, "NamedValuesList=MinPasswordLength,8;"), (exec.Verb, exec.Items[0].Data));
        Assert.Equal((5000, "Bruce1", "18EA3F"), (signed.MaxMessageSize, signed.SourceName, signed.Credential!.Data));
        Assert.Equal("10.0.26100.9278", Read("msmdm-3.1.5.2-status-results.xml").Commands.OfType<ResultsCommand>().Single().Items[0].Data);
    }

    [Fact]
    public void Child_elements_in_Data_come_as_XML_text()
    {
        var declared = Read("learn-windc-1224-declaredconfigurationdocuments.xml").Commands.OfType<AlertCommand>().Last().Items[0].Data!;
        var exec = (ItemCommand)ReadWithHeader("learn-edam-add-exec-msiinstalljob.xml").Commands[1];

        Assert.Equal("60", Xml.SafeXml.Parse(Encoding.UTF8.GetBytes(declared)).Children[0].Attribute("state"));
        Assert.Equal("1.0.0", Xml.SafeXml.Parse(Encoding.UTF8.GetBytes(exec.Items[0].Data!)).Child("Product")!.Attribute("Version"));
    }

    [Fact]
    public void Samples_without_a_header_are_read_once_they_have_one()
    {
        var keyword = (ItemCommand)ReadWithHeader("learn-diagnosticlog-replace-type-no-ns.xml").Commands[0];
        var statuses = ReadWithHeader("learn-edam-response-utf16-decl.xml").Commands.OfType<StatusCommand>();
        var results = ReadWithHeader("learn-diagnosticlog-results-collection.xml").Commands.OfType<ResultsCommand>().Single();

        Assert.EndsWith("/Keywords", keyword.Items[0].Target, StringComparison.Ordinal);
        Assert.Equal(new SyncMeta("chr", "text/plain"), keyword.Items[0].Meta);
        Assert.Equal(["12345", "67890"], statuses.Select(status => status.CommandId));
        Assert.StartsWith("<Collection HRESULT=\"0\">", results.Items[0].Data, StringComparison.Ordinal);
    }

    private static SyncMlMessage Read(string file) => SyncMlReader.Read(SharedFiles.Bytes($"{Folder}/{file}"));

    private static SyncMlMessage ReadWithHeader(string file)
    {
        var xml = Encoding.UTF8.GetString(SharedFiles.Bytes($"{Folder}/{file}")).Replace("<SyncHdr/>", "", StringComparison.Ordinal)
            .Replace("<SyncHdr />", "", StringComparison.Ordinal);
        return SyncMlReader.Read(Encoding.UTF8.GetBytes(xml.Replace("<SyncBody>", $"{Header}<SyncBody>", StringComparison.Ordinal)));
    }
}
