namespace Deskward.Protocol.SyncMl;

/// <summary>One OMA-DM message: a header and the commands of one package part (OMA-SyncML-RepPro 1.2.2, 6.1).</summary>
/// <param name="Header">Who speaks to whom, and the place of the message in its session.</param>
/// <param name="Commands">The children of SyncBody in document order; <c>Final</c> is not among them.</param>
/// <param name="Final">Whether the sender's package ends with this message.</param>
public sealed record SyncMlMessage(SyncHeader Header, IReadOnlyList<SyncCommand> Commands, bool Final);

/// <summary>SyncHdr. Windows sends Target = management URL and Source = device id; the server swaps them (MS-MDM 2.2.4).</summary>
public sealed record SyncHeader
{
    /// <summary>Opaque to the server; at most 4 characters on Windows.</summary>
    public required string SessionId { get; init; }

    /// <summary>Starts at 1 on each side and rises by 1.</summary>
    public required int MessageId { get; init; }

    /// <summary>Target/LocURI.</summary>
    public required string Target { get; init; }

    /// <summary>Source/LocURI; a claim until the transport proves it.</summary>
    public required string Source { get; init; }

    /// <summary>Source/LocName: the user name of the MD5 digest; null when there is no credential.</summary>
    public string? SourceName { get; init; }

    /// <summary>Cred; null when the message carries none.</summary>
    public Credential? Credential { get; init; }

    /// <summary>Meta/MaxMsgSize in bytes that the sender can take; null when not stated.</summary>
    public int? MaxMessageSize { get; init; }

    /// <summary>Meta/MaxObjSize: bytes of the longest object that the sender can take; null when not stated, then any.</summary>
    public long? MaxObjectSize { get; init; }
}

/// <summary>Cred: <c>syncml:auth-md5</c> or <c>syncml:auth-basic</c> with its base64 value.</summary>
public sealed record Credential(string Type, string Data);

/// <summary>Chal: what the server asks for after 401 or 407; the nonce is raw bytes, base64 on the wire.</summary>
public sealed record Challenge(string Type, byte[] NextNonce);

/// <summary>Meta of a command or item (namespace syncml:metinf). Null: the element is absent.</summary>
public sealed record SyncMeta(string? Format = null, string? Type = null)
{
    /// <summary>Whole length of a large object in bytes of its UTF-8 data; stands in the first chunk only.</summary>
    public long? Size { get; init; }

    /// <summary>Importance of an alert: fatal, critical, warning, informational.</summary>
    public string? Mark { get; init; }
}

/// <summary>Item of a command.</summary>
public sealed record SyncItem
{
    /// <summary>Target/LocURI; null when absent.</summary>
    public string? Target { get; init; }

    /// <summary>Source/LocURI; null when absent.</summary>
    public string? Source { get; init; }

    public SyncMeta? Meta { get; init; }

    /// <summary>Text of Data, entities resolved; child elements come as their XML text. Null when there is no Data.</summary>
    public string? Data { get; init; }

    /// <summary>More chunks of this item follow in later messages.</summary>
    public bool MoreData { get; init; }
}

/// <summary>A child of SyncBody, Atomic or Sequence.</summary>
public abstract record SyncCommand
{
    /// <summary>Unique in its message, never "0"; null when the sender left it out (answered 400 with a blank CmdRef).</summary>
    public string? CommandId { get; init; }
}

/// <summary>The verbs that carry items (OMA-SyncML-RepPro 1.2.2, 6.5).</summary>
public enum SyncVerb { Add, Replace, Delete, Get, Exec }

/// <summary>Add, Replace, Delete, Get or Exec; each item is answered by a Status of its own.</summary>
public sealed record ItemCommand(SyncVerb Verb, IReadOnlyList<SyncItem> Items) : SyncCommand
{
    /// <summary>Meta of the command, inherited by items without their own.</summary>
    public SyncMeta? Meta { get; init; }
}

/// <summary>Atomic: all or nothing; Gets and nested Atomics are not allowed inside (MS-MDM 3.1.5.1.3).</summary>
public sealed record AtomicCommand(IReadOnlyList<SyncCommand> Commands) : SyncCommand;

/// <summary>Sequence: executed in order.</summary>
public sealed record SequenceCommand(IReadOnlyList<SyncCommand> Commands) : SyncCommand;

/// <summary>Alert; <see cref="Code"/> is Data of the command (1200, 1201, 1222-1226).</summary>
public sealed record AlertCommand(int Code, IReadOnlyList<SyncItem> Items) : SyncCommand;

/// <summary>Status: the answer to one command, or to one item of it.</summary>
public sealed record StatusCommand : SyncCommand
{
    /// <summary>MsgID of the message that is answered.</summary>
    public required int MessageRef { get; init; }

    /// <summary>CmdID of what is answered; "0" is SyncHdr; empty when that command had none.</summary>
    public required string CommandRef { get; init; }

    /// <summary>Name of the element that is answered: SyncHdr, Add, Atomic ...</summary>
    public required string Command { get; init; }

    /// <summary>SyncML status (200, 404, ...).</summary>
    public required int Code { get; init; }

    /// <summary>Targets this Status is for; empty when it is for the command as a whole.</summary>
    public IReadOnlyList<string> TargetRefs { get; init; } = [];

    public IReadOnlyList<string> SourceRefs { get; init; } = [];

    public Challenge? Challenge { get; init; }

    /// <summary>What the answer adds, e.g. an HRESULT; kept as it came.</summary>
    public IReadOnlyList<SyncItem> Items { get; init; } = [];
}

/// <summary>Results of a Get.</summary>
public sealed record ResultsCommand : SyncCommand
{
    /// <summary>MsgID of the Get; null when the sender left it out (then: the message before).</summary>
    public int? MessageRef { get; init; }

    /// <summary>CmdID of the Get.</summary>
    public required string CommandRef { get; init; }

    public SyncMeta? Meta { get; init; }

    public required IReadOnlyList<SyncItem> Items { get; init; }
}

/// <summary>An element that is no command of this profile; it is answered 400 and nothing of it is executed.</summary>
public sealed record UnknownCommand(string Name) : SyncCommand;
