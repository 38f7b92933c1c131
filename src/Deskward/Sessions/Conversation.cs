using Deskward.DesiredState;
using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>What a PC told by itself: alert 1224 or 1226.</summary>
/// <param name="Type">Meta/Type as it came.</param>
/// <param name="Source">The node it is about; null: none.</param>
/// <param name="Data">What it says, often an HRESULT.</param>
internal sealed record DeviceEvent(string Type, string? Source, string? Data)
{
    private const int LongestPart = 300;

    /// <summary>One clean line.</summary>
    internal string Line => string.Join(' ', new[] { Type, Source, Data }.Select(part => Devices.ReportedText.Clean(part, LongestPart)).OfType<string>());
}

/// <summary>
/// Everything one message is answered from, and everything the answer changes. The engine works on it alone; reading and writing it is the
/// business of <see cref="Exchange"/>.
/// </summary>
internal sealed class Conversation
{
    /// <summary>What came.</summary>
    internal required SyncMlMessage Message { get; init; }

    internal required DateTimeOffset Now { get; init; }

    internal required SessionState State { get; init; }

    internal required Evidence Evidence { get; init; }

    /// <summary>The wanted state with the PC's overlay.</summary>
    internal required PlannerTarget Target { get; init; }

    /// <summary>Build, edition, enrolment type and the moment; the signed-in user comes from <see cref="LoginStatus"/>.</summary>
    internal required PlannerFacts Facts { get; set; }

    /// <summary>One-shot commands that wait, oldest first, and those of this session that have no answer.</summary>
    internal IReadOnlyList<DeviceCommand> Commands { get; set; } = [];

    /// <summary>The value to send; a secret's is taken out of its wrapping here and kept no longer than the message.</summary>
    internal Func<TargetSetting, string> Reveal { get; init; } = setting => setting.Value;

    /// <summary>The row of this session.</summary>
    internal Guid SessionRow { get; init; }

    /// <summary>Nodes to read about the machine; empty when it is not time.</summary>
    internal IReadOnlyList<string> InventoryDue { get; set; } = [];

    /// <summary>What the PC's management client should have.</summary>
    internal IReadOnlyList<ClientSetting> Client { get; init; } = [];

    /// <summary>Whether it is time to look at <see cref="Client"/>.</summary>
    internal bool IsClientDue { get; set; }

    /// <summary>Those of <see cref="Client"/> that the PC has just shown otherwise.</summary>
    internal List<ClientSetting> ClientDiffers { get; } = [];

    /// <summary>The PC is to leave: nothing but one-shot commands is sent.</summary>
    internal bool IsRetiring { get; init; }

    /// <summary>The customer is suspended or leaving: nothing new goes out; what is half sent is sent to its end.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Bytes of our message; the PC's MaxMsgSize where it states one.</summary>
    internal int SizeLimit { get; init; } = DefaultSizeLimit;

    internal const int DefaultSizeLimit = 128 * 1024;

    /// <summary>user, others or none; null when the PC has not said.</summary>
    internal string? LoginStatus { get; set; }

    /// <summary>Values found changed.</summary>
    internal List<FoundDrift> Drifts { get; } = [];

    /// <summary>Paths that show the wanted value again.</summary>
    internal List<string> Shown { get; } = [];

    /// <summary>Alerts 1226 and 1224 worth keeping.</summary>
    internal List<DeviceEvent> Events { get; } = [];

    internal int CommandsSent { get; set; }

    internal int CommandsFailed { get; set; }

    /// <summary>The PC says it leaves management.</summary>
    internal bool HasUnenrolled { get; set; }

    internal bool WasAborted { get; set; }

    /// <summary>The PC says that it is still at work on what it was sent: its answer comes later.</summary>
    internal bool IsAtWork { get; set; }

    /// <summary>The answer holds no command: the session is over.</summary>
    internal bool IsOver { get; set; }
}
