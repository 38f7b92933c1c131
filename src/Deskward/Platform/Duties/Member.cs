namespace Deskward.Platform.Duties;

/// <summary>A role at a customer that a provider's person was granted for a time.</summary>
public readonly record struct GrantedRole(Guid Grant, Guid Customer, Role Role, DateTimeOffset Until);

/// <summary>What is known of a person when rights are decided.</summary>
/// <param name="Id">The person.</param>
/// <param name="Organisation">The one organisation the person belongs to.</param>
/// <param name="IsProvider">The organisation is the provider.</param>
/// <param name="Roles">The person's roles there.</param>
/// <param name="Grants">Roles at customers, not yet ended.</param>
public sealed record Member(Guid Id, Guid Organisation, bool IsProvider, RoleSet Roles, IReadOnlyList<GrantedRole> Grants);

/// <summary>How far an organisation is open to somebody for one action of one duty.</summary>
public enum AccessLevel
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>What a provider's person sees of every customer without having asked: no personal data, no write.</summary>
    Standing,

    /// <summary>A protective action that the contract allows without asking first.</summary>
    Protective,

    /// <summary>One's own organisation, or a customer by grant.</summary>
    Full,
}

/// <summary>Decides rights; given by the module that holds the matrix. Unknown duties and actions are open to nobody.</summary>
/// <param name="member">The person; null for somebody who is not signed in.</param>
/// <param name="organisation">Whose data or work it is; <see cref="Guid.Empty"/> for what belongs to no organisation.</param>
/// <param name="duty">Id of the duty.</param>
/// <param name="action">The action.</param>
public delegate AccessLevel RightsRule(Member? member, Guid organisation, string duty, DutyAction action);

/// <summary>Whether somebody must have proven who they are within the last minutes to take this action; given by the module that holds the matrix.</summary>
public delegate bool AsksAgainRule(string duty, DutyAction action);

/// <summary>The grants of the provider's people that hold now, by person; given by the module that keeps them.</summary>
public delegate Task<ILookup<Guid, GrantedRole>> GrantsOf(DeskwardContext db, IReadOnlyCollection<Guid> people, CancellationToken cancellationToken);

/// <summary>A provider's person did something inside a customer: by grant, by a write at the standing level, or as a protective action.</summary>
/// <param name="Person">Who.</param>
/// <param name="Address">The sign-in address, as it was.</param>
/// <param name="Customer">Where.</param>
/// <param name="Level">How it was open.</param>
/// <param name="Duty">Id of the duty.</param>
/// <param name="Action">What was done in it.</param>
/// <param name="Path">The page or route, with the id of the thing where there is one; without query.</param>
public readonly record struct AccessUse(Guid Person, string Address, Guid Customer, AccessLevel Level, string Duty, DutyAction Action, string Path);

/// <summary>Hears of each <see cref="AccessUse"/> after it succeeded; given by the module that shows them to the customer. Must be quick and not throw.</summary>
public delegate void AccessUsed(AccessUse use);
