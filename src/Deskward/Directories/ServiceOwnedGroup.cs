using Deskward.Platform;

namespace Deskward.Directories;

/// <summary>
/// Why a directory may not change the group with this id, or take this name for one of its own; null: as far as the module is concerned, it may. An upper module
/// that keeps groups for the service registers it.
/// </summary>
/// <param name="db">With the directory's organisation open.</param>
/// <param name="tenant">That organisation.</param>
/// <param name="id">The group that is to be changed; null when it is about a name.</param>
/// <param name="name">The name that is wanted; null when it is about an id.</param>
/// <param name="cancellationToken">Cancels it.</param>
public delegate Task<Refusal?> ServiceOwnedGroup(DeskwardContext db, Guid tenant, Guid? id, string? name, CancellationToken cancellationToken);
