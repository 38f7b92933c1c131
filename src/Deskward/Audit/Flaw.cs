using System.Globalization;

namespace Deskward.Audit;

/// <summary>What is wrong with a place of a chain.</summary>
internal enum FlawKind
{
    /// <summary>The row is there and is not what was chained.</summary>
    Changed,

    /// <summary>The row is gone, and later ones are there.</summary>
    Missing,

    /// <summary>The row stands at the place of another.</summary>
    Reordered,

    /// <summary>From here on the chain does not hold what was signed: its end is gone, or it went on otherwise.</summary>
    Cut,

    /// <summary>An entry that was never given a place, or has lost it.</summary>
    Added,

    /// <summary>A checkpoint's signature is not right, or not by a key that counts.</summary>
    Unproven,
}

/// <summary>What is wrong, and where.</summary>
/// <param name="Kind">What.</param>
/// <param name="Sequence">The place in the chain; null for an entry without a place.</param>
/// <param name="Id">The entry's id, where it is known.</param>
/// <param name="At">The entry's time, where it is known.</param>
/// <param name="Why">What was found, in a sentence.</param>
internal sealed record Flaw(FlawKind Kind, long? Sequence, Guid? Id, DateTimeOffset? At, string Why)
{
    internal static Flaw Of(FlawKind kind, ChainRow row, string why) => new(kind, row.Sequence, row.Id, row.IsPresent ? row.At : null, why);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Kind.ToString().ToLowerInvariant()}: row {(Sequence is { } place ? place.ToString(CultureInfo.InvariantCulture) : "without a place")}, id {Id?.ToString() ?? "unknown"}, time {Times.Text(At)}. {Why}");
}

/// <summary>What verifying has shown.</summary>
internal sealed record Verdict
{
    /// <summary>The first flaw by place; null when there is none.</summary>
    public Flaw? Flaw { get; init; }

    /// <summary>Rows that have their place.</summary>
    public long Rows { get; init; }

    /// <summary>Of these, rows whose content was erased, and an erasure row says so.</summary>
    public long Erased { get; init; }

    /// <summary>Entries that wait for their place.</summary>
    public long Unchained { get; init; }

    /// <summary>Rows behind the last checkpoint: chained and not signed yet.</summary>
    public long Unsigned { get; init; }

    /// <summary>The time of the last row; null when there is none.</summary>
    public DateTimeOffset? UpTo { get; init; }

    /// <summary>The last checkpoint that holds; null when there is none.</summary>
    public SignedCheckpoint? Checkpoint { get; init; }

    public override string ToString() => Flaw is { } flaw
        ? string.Create(CultureInfo.InvariantCulture, $"NOT as it was written. First {flaw}")
        : string.Create(CultureInfo.InvariantCulture, $"{Rows} rows verified ({Erased} erased), {Unchained} not chained yet, up to {Times.Text(UpTo)}. {Signed}");

    private string Signed => Checkpoint is { } last
        ? string.Create(CultureInfo.InvariantCulture,
            $"Checkpoint of row {last.Sequence}, {Times.Text(last.At)}, signed by key {Convert.ToHexStringLower(last.KeyId)}; {Unsigned} rows after it are not signed yet.")
        : "Nothing is signed yet.";
}

/// <summary>How instants are told to people and programs alike.</summary>
internal static class Times
{
    internal static string Text(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) ?? "unknown";
}
