using Deskward.DesiredState;
using Deskward.Protocol.Csp;
using Deskward.Protocol.SyncMl;
using Deskward.Simulator;

namespace Deskward.Sessions;

/// <summary>A PC's settings tree and the engine, message by message, without network or database.</summary>
internal sealed class SessionBench
{
    internal const string Pua = "./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection";
    internal const string Cloud = "./Device/Vendor/MSFT/Policy/Config/Defender/AllowCloudProtection";
    internal const string Camera = "./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera";
    internal const string Rule = "./Vendor/MSFT/Firewall/MdmStore/FirewallRules/Web";
    internal const string DomainFirewall = "./Vendor/MSFT/Firewall/MdmStore/DomainProfile/EnableFirewall";
    internal const string PublicFirewall = "./Vendor/MSFT/Firewall/MdmStore/PublicProfile/EnableFirewall";
    internal const string UserSetting = "./User/Vendor/MSFT/Policy/Config/Education/DefaultPrinterName";
    private static int s_documents;
    private int _session;

    internal CspTree Tree { get; } = new(PcIdentity.From(new Seed(1), new PcProfile { OsVersion = "10.0.26100.4061", Edition = 4 }), TimeProvider.System);

    internal PcFaults Faults { get; } = new();

    internal Evidence Evidence { get; set; } = new();

    internal DateTimeOffset Now { get; set; } = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    internal string Login { get; set; } = "none";

    /// <summary>What the management client should have, looked at in every session.</summary>
    internal IReadOnlyList<ClientSetting> Client { get; init; } = [];

    internal int SizeLimit { get; set; } = Conversation.DefaultSizeLimit;

    internal List<DeviceCommand> Commands { get; } = [];

    internal List<FoundDrift> Drifts { get; } = [];

    internal List<Violation> Violations { get; } = [];

    internal IReadOnlyList<CarriedOut> CarriedOut { get; private set; } = [];

    /// <summary>Go into package 1.</summary>
    internal List<SyncCommand> Alerts { get; } = [];

    internal int Messages { get; private set; }

    /// <summary>All answers of the engine, as they went over the wire.</summary>
    internal List<SyncMlMessage> Answers { get; } = [];

    internal bool IsRetiring { get; set; }

    /// <summary>The PC answers the Gets of a message before it carries out what else is in it.</summary>
    internal bool ReadsBeforeItWrites { get; set; }

    internal PlannerFacts Facts => new() { Build = OsBuild.Parse("10.0.26100.4061"), Edition = 4, Now = Now, IsUserSignedIn = Login == "user" };

    internal static PlannerTarget Target(params (string Path, string Value)[] settings) => Target((IEnumerable<(string, string)>)settings);

    internal static PlannerTarget Target(IEnumerable<(string Path, string Value)> settings)
    {
        var list = settings.Select(setting => Catalogue.Default.Check(setting.Path, null, setting.Value)).Cast<CheckedSetting>()
            .Select(setting => new TargetSetting
            {
                Path = setting.Path, Format = setting.Format, Value = setting.Value, IsUserScope = setting.Node.Scope == NodeScope.User,
                AtomicGroup = Catalogue.Default.AtomicGroupOf(setting.Path), AssignmentId = Guid.Empty,
            }).OrderBy(setting => setting.Path, StringComparer.Ordinal).ToArray();
        return PlannerTarget.Of(new TargetDocument(BitConverter.GetBytes(Interlocked.Increment(ref s_documents)), list, []));
    }

    /// <summary>A session to its end, or until the PC has answered <paramref name="dieAfter"/> messages of ours: the last answer never arrives.</summary>
    internal void Run(PlannerTarget target, int? dieAfter = null)
    {
        var (state, runner, login) = (new SessionState(), new CommandRunner(Tree, Faults, Violations.Add), (string?)null);
        (Tree.Login, Messages) = (Login == "user" ? LoginStatus.User : LoginStatus.None, 0);
        CarriedOut = [];
        Evidence = EvidenceCodec.Read(EvidenceCodec.Write(Evidence))!;
        Evidence.BeginSession(Facts.Fingerprint, Now);
        var id = (++_session).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var (commands, isFinal) = (PackageOne(), true);
        for (var message = 1; Messages < 500; message++)
        {
            var conversation = new Conversation
            {
                Message = new SyncMlMessage(new SyncHeader { SessionId = id, MessageId = message, Target = "https://mdm", Source = "PC" }, Numbered(commands), isFinal),
                Now = Now, State = SessionState.Read(state.Write()), Evidence = Evidence, Target = target, Facts = Facts, Commands = Commands, IsRetiring = IsRetiring,
                LoginStatus = login, SizeLimit = SizeLimit, Client = Client, IsClientDue = message == 1,
            };
            var answer = SyncMlReader.Read(SyncMlWriter.Write(SessionEngine.Answer(conversation)));
            (state, login) = (conversation.State, conversation.LoginStatus);
            Drifts.AddRange(conversation.Drifts);
            Answers.Add(answer);
            Messages++;
            if (conversation.IsOver)
            {
                break;
            }

            isFinal = answer.Final;
            commands = [Acknowledge(message), .. runner.Run(AsCarriedOut(answer)), .. isFinal ? [] : (SyncCommand[])[new AlertCommand(AlertCode.NextMessage, [])]];
            CarriedOut = [.. runner.CarriedOut];
            if (message == dieAfter)
            {
                break;
            }
        }
    }

    internal void ReadAll() => Evidence.BeginReading(Now, readsFirst: false);

    internal SettingOutcome OutcomeOf(PlannerTarget target, string path) => ProgressOutcomes.Of(target, Evidence, Facts).Single(outcome => outcome.Path == path).Outcome;

    internal bool IsSettled(PlannerTarget target) => Planner.IsSettled(target, Evidence, Facts);

    private IReadOnlyList<SyncCommand> PackageOne() =>
    [
        new AlertCommand(AlertCode.ClientInitiated, []),
        new AlertCommand(AlertCode.ClientEvent, [new SyncItem { Meta = new SyncMeta(Type: AlertCode.LoginStatusType), Data = Login }]),
        .. Alerts,
        new ItemCommand(SyncVerb.Replace, [new SyncItem { Source = "./DevInfo/Man", Data = "Maker" }]),
    ];

    private SyncMlMessage AsCarriedOut(SyncMlMessage answer) =>
        ReadsBeforeItWrites ? answer with { Commands = [.. answer.Commands.OrderBy(command => command is ItemCommand { Verb: SyncVerb.Get } ? 0 : 1)] } : answer;

    private static StatusCommand Acknowledge(int message) => new() { MessageRef = message, CommandRef = "0", Command = "SyncHdr", Code = 200 };

    private static SyncCommand[] Numbered(IReadOnlyList<SyncCommand> commands) => [.. commands.Select((command, index) => command with { CommandId = OutgoingMessage.Text(index + 1) })];
}
