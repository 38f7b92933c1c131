using Deskward.Platform;

namespace Deskward.Audit;

/// <summary>An organisation as commands and exports name it.</summary>
/// <param name="Id">Its tenant id.</param>
/// <param name="Name">As people write it.</param>
public sealed record NamedOrganisation(Guid Id, string Name);

/// <summary>
/// Finds the organisations that a command's <c>--organisation</c> means: one, or all of them for null. Registered by the module that keeps organisations, which
/// stands above this one. Which organisations are open afterwards is not said.
/// </summary>
public delegate Task<Outcome<IReadOnlyList<NamedOrganisation>>> FindOrganisations(string? text, CancellationToken cancellationToken);
