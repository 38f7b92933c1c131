namespace Deskward.Audit;

/// <summary>What a chain holds at one place: a row, a checkpoint behind it, or what is found beside it.</summary>
internal abstract record ChainItem;

/// <summary>An entry at its place, as the database or a file shows it.</summary>
internal sealed record ChainRow : ChainItem
{
    public long Sequence { get; init; }

    public Guid Id { get; init; }

    /// <summary>False: the link is there and the entry is gone; then only <see cref="Sequence"/>, <see cref="Id"/>, digest and hash mean something.</summary>
    public bool IsPresent { get; init; } = true;

    public DateTimeOffset At { get; init; }

    public string ActorKind { get; init; } = "";

    public Guid? ActorId { get; init; }

    public string ActorName { get; init; } = "";

    public string Action { get; init; } = "";

    public string ObjectKind { get; init; } = "";

    public Guid? ObjectId { get; init; }

    public string ObjectName { get; init; } = "";

    public string? Before { get; init; }

    public string? After { get; init; }

    /// <summary>Null: the content was erased.</summary>
    public byte[]? Salt { get; init; }

    public byte[] Digest { get; init; } = [];

    public byte[] Hash { get; init; } = [];
}

/// <summary>A checkpoint as it is given away.</summary>
internal sealed record SignedCheckpoint(long Sequence, byte[] Hash, DateTimeOffset At, byte[] KeyId, byte[] Signature) : ChainItem;

/// <summary>An entry that waits for its link.</summary>
/// <param name="Id">Of the entry.</param>
/// <param name="At">Null when the entry is gone.</param>
/// <param name="Action">Of the entry.</param>
/// <param name="After">Of the entry.</param>
internal sealed record WaitingRow(Guid Id, DateTimeOffset? At, string Action, string? After) : ChainItem;

/// <summary>An entry that neither has a link nor waits for one: it was not written through the trail, or its link was taken away.</summary>
internal sealed record StrayRow(Guid Id, DateTimeOffset At) : ChainItem;

/// <summary>
/// The hashes of a chain, as <c>docs/audit.md</c> describes them for those who write a verifier of their own. A change here is a new version of the labels
/// and of that page. One object serves one thread.
/// </summary>
internal sealed class ChainFormat(Guid tenant)
{
    internal const string EraseAction = "audit.erase";
    internal const string RestoreAction = "backup.restore";

    /// <summary>What stands for the link before the first.</summary>
    internal static readonly byte[] Beginning = new byte[32];

    private readonly CanonicalBytes _bytes = new();

    /// <summary>The digest of what can be erased. The row must have its salt.</summary>
    internal byte[] Digest(ChainRow row) => _bytes.Begin("deskward-audit-content-1").Bytes(row.Salt)
        .Id(row.ActorId).Text(row.ActorName).Id(row.ObjectId).Text(row.ObjectName).Text(row.Before).Text(row.After).Hash();

    /// <summary>The hash of a link: what always stays of the row, and the digest of what can be erased.</summary>
    internal byte[] Hash(byte[] previous, long sequence, ChainRow row, byte[] digest) => _bytes.Begin("deskward-audit-link-1")
        .Id(tenant).Number(sequence).Bytes(previous).Id(row.Id).Instant(row.At).Text(row.ActorKind).Text(row.Action).Text(row.ObjectKind).Bytes(digest).Hash();

    /// <summary>What a checkpoint's signature covers.</summary>
    internal byte[] Statement(long sequence, byte[] hash, DateTimeOffset at, byte[] keyId) => _bytes.Begin("deskward-audit-checkpoint-1")
        .Id(tenant).Number(sequence).Bytes(hash).Instant(at).Bytes(keyId).Written.ToArray();
}
