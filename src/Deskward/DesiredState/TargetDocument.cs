using Deskward.Protocol.Csp;

namespace Deskward.DesiredState;

/// <summary>One setting that a PC should show.</summary>
public sealed record TargetSetting
{
    /// <summary>LocURI as the catalogue writes it, dynamic segments filled and encoded.</summary>
    public required string Path { get; init; }

    /// <summary>Meta/Format: chr, int, bool, b64, xml, node ...</summary>
    public required string Format { get; init; }

    /// <summary>
    /// The canonical value; empty for format <c>node</c>. Of a secret its keyed hash: equal for equal secrets, so that two documents can be
    /// compared; what is sent comes from <see cref="DocumentStore.Reveal"/>.
    /// </summary>
    public required string Value { get; init; }

    /// <summary>The secret as it is stored; null when the value is none.</summary>
    internal byte[]? Wrapped { get; init; }

    /// <summary>Sent only while the PC says that a user is signed in.</summary>
    public bool IsUserScope { get; init; }

    /// <summary>Path of the node whose whole content goes into one Atomic; null: none is demanded.</summary>
    public string? AtomicGroup { get; init; }

    /// <summary>The value is secret: never shown, never logged, hashed with a key only.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The assignment it comes from: the answer to "why this value?".</summary>
    public required Guid AssignmentId { get; init; }
}

/// <summary>
/// What the PCs of a set should look like: the compiled, immutable document, ordered by path, without the per-PC overlay and before the filter
/// by build and edition (<see cref="CatalogueNode.AppliesTo"/>), which is taken when a session plans.
/// </summary>
/// <param name="Hash">SHA-256 of the canonical form; equal hashes are equal documents within one organisation.</param>
/// <param name="Settings">Ordered by path, ordinal.</param>
/// <param name="Disputed">Paths that are in conflict and not sent.</param>
public sealed record TargetDocument(byte[] Hash, IReadOnlyList<TargetSetting> Settings, IReadOnlyList<string> Disputed)
{
    /// <summary>The document of a PC to which nothing is assigned.</summary>
    public static TargetDocument Empty { get; } = DocumentCompiler.Compile([]).Document;
}
