using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deskward.Audit;

/// <summary>
/// A line of an exported file, of any of its four types; absent members are null. <c>docs/audit.md</c> describes the file for those who read it without this
/// code: a change of names or meanings is a new version of the format.
/// </summary>
internal sealed record ExportLine
{
    internal const string Format = "deskward-audit-export-1";
    internal const string HeaderType = "header", RowType = "row", CheckpointType = "checkpoint", EndType = "end";

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public required string Type { get; init; }

    // The header.
    public string? FormatName { get; init; }

    public Guid? Organisation { get; init; }

    public string? Name { get; init; }

    public IReadOnlyList<ExportKey>? Keys { get; init; }

    // A row, or the place of a checkpoint; in the header and the end the number of rows.
    public long? Sequence { get; init; }

    public Guid? Id { get; init; }

    public DateTimeOffset? At { get; init; }

    public string? ActorKind { get; init; }

    public Guid? ActorId { get; init; }

    public string? ActorName { get; init; }

    public string? Action { get; init; }

    public string? ObjectKind { get; init; }

    public Guid? ObjectId { get; init; }

    public string? ObjectName { get; init; }

    public string? Before { get; init; }

    public string? After { get; init; }

    public byte[]? Salt { get; init; }

    public byte[]? Digest { get; init; }

    public byte[]? Hash { get; init; }

    // A checkpoint.
    public byte[]? Key { get; init; }

    public byte[]? Signature { get; init; }

    /// <summary>An erased row has no names: what is left of them is absent rather than empty.</summary>
    internal static ExportLine Of(ChainRow row) => new()
    {
        Type = RowType, Sequence = row.Sequence, Id = row.Id, At = row.At, ActorKind = row.ActorKind, ActorId = row.ActorId, ActorName = row.Salt is null ? null : row.ActorName,
        Action = row.Action, ObjectKind = row.ObjectKind, ObjectId = row.ObjectId, ObjectName = row.Salt is null ? null : row.ObjectName, Before = row.Before, After = row.After,
        Salt = row.Salt, Digest = row.Digest, Hash = row.Hash,
    };

    internal static ExportLine Of(SignedCheckpoint checkpoint) => new()
    {
        Type = CheckpointType, Sequence = checkpoint.Sequence, Hash = checkpoint.Hash, At = checkpoint.At, Key = checkpoint.KeyId, Signature = checkpoint.Signature,
    };

    /// <summary>The row or checkpoint of this line; null when it is neither, or lacks something.</summary>
    internal ChainItem? Item() => this switch
    {
        { Type: RowType, Sequence: { } sequence, Id: { } id, At: { } at, ActorKind: { } actorKind, Action: { } action, ObjectKind: { } objectKind, Digest: { } digest, Hash: { } hash } => new ChainRow
        {
            Sequence = sequence, Id = id, At = at, ActorKind = actorKind, ActorId = ActorId, ActorName = ActorName ?? "", Action = action, ObjectKind = objectKind, ObjectId = ObjectId,
            ObjectName = ObjectName ?? "", Before = Before, After = After, Salt = Salt, Digest = digest, Hash = hash,
        },
        { Type: CheckpointType, Sequence: { } place, Hash: { } held, At: { } when, Key: { } key, Signature: { } signature } => new SignedCheckpoint(place, held, when, key, signature),
        _ => null,
    };
}

/// <summary>A public key in the header of an exported file.</summary>
/// <param name="Id">SHA-256 of <paramref name="PublicKey"/>.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo in DER.</param>
internal sealed record ExportKey(byte[] Id, byte[] PublicKey);
