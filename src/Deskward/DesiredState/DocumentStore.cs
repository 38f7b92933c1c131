using Deskward.Platform;

namespace Deskward.DesiredState;

/// <summary>Compiled documents by assignment set and by hash; compiles a set once however many PCs ask at the same time.</summary>
public sealed class DocumentStore
{
    /// <summary>
    /// The document that PCs of this set should settle on now. Compiles it when the set's present revision is not compiled yet, stores it and
    /// writes the set's desired hash.
    /// </summary>
    /// <param name="db">A context to which the set's organisation is open.</param>
    /// <param name="tenant">The organisation of the set.</param>
    /// <param name="assignmentSet">The set; null stands for the empty document.</param>
    /// <param name="cancellationToken">Cancels the caller's wait, not a compilation that others wait for.</param>
    internal Task<TargetDocument> CurrentAsync(DeskwardContext db, Guid tenant, Guid? assignmentSet, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>The stored document with this hash; null when no PC refers to it any more and it was removed.</summary>
    internal Task<TargetDocument?> FindAsync(DeskwardContext db, Guid tenant, byte[] hash, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
