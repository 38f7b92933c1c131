using Deskward.Platform;

namespace Deskward.Notices;

/// <summary>
/// Whether a person still has access: asked before a mail to the person leaves, with all organisations open. Identity registers it; a bare address
/// is not asked about.
/// </summary>
public delegate Task<bool> StillReads(DeskwardContext db, Guid person, CancellationToken cancellationToken);
