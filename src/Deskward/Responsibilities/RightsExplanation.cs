using Deskward.Platform.Duties;

namespace Deskward.Responsibilities;

/// <summary>From what a right follows.</summary>
public enum RightsCause
{
    /// <summary>Everybody, signed in or not.</summary>
    Anyone,

    /// <summary>Everybody who is signed in, for their own account.</summary>
    SignedIn,

    /// <summary>A role in the own organisation.</summary>
    OwnRole,

    /// <summary>A provider's role, at every customer, without asking.</summary>
    Standing,

    /// <summary>A provider's role where the contract demands no grant.</summary>
    NoGrantDemanded,

    /// <summary>A grant that holds now.</summary>
    Grant,

    /// <summary>A protective action that the contract allows.</summary>
    Protective,

    /// <summary>The duty was handed over by contract.</summary>
    Handed,
}

/// <summary>One reason why somebody may do something.</summary>
/// <param name="Cause">From what it follows.</param>
/// <param name="Level">How far it opens the organisation.</param>
/// <param name="Role">The role that brings it; null when none does.</param>
/// <param name="Organisation">Where; null: at every customer.</param>
/// <param name="Until">When it ends by itself; null: when somebody ends it.</param>
public sealed record RightsReason(RightsCause Cause, AccessLevel Level, Role? Role, Guid? Organisation, DateTimeOffset? Until);

/// <summary>
/// Tells why somebody may take an action, from the same file and the same delegations as <see cref="RightsTable"/> decides it. It never decides: what it
/// tells is held against the decision, and what the decision does not admit is not told.
/// </summary>
public sealed class RightsExplanation
{
    private readonly RightsTable _table;
    private readonly Matrix _matrix;

    internal RightsExplanation(RightsTable table, Matrix matrix) => (_table, _matrix) = (table, matrix);

    /// <summary>Why the person may take the action; empty: the person may not, anywhere.</summary>
    /// <param name="member">The person, with the grants that hold now.</param>
    /// <param name="duty">Id of the duty.</param>
    /// <param name="action">The action.</param>
    public IReadOnlyList<RightsReason> Of(Member member, string duty, DutyAction action)
    {
        if (_matrix.Find(duty) is not { } found || !found.Actions.TryGetValue(action, out var roles))
        {
            return [];
        }

        return [.. Open(member, roles).Concat(member.IsProvider ? OfProvider(member, duty, roles) : OfCustomer(member, duty, action, roles))];
    }

    /// <summary>Those of the reasons that count at one organisation.</summary>
    internal IEnumerable<RightsReason> At(Member member, Guid organisation, string duty, DutyAction action) => Of(member, duty, action).Where(reason => reason.Organisation == organisation
        || (reason.Organisation is null && organisation != member.Organisation && (reason.Cause != RightsCause.NoGrantDemanded || _table.WithoutGrant.Contains(organisation))));

    private static IEnumerable<RightsReason> Open(Member member, ActionRoles roles)
    {
        if (roles.By?.Contains("anyone") == true)
        {
            yield return new(RightsCause.Anyone, AccessLevel.Full, null, member.Organisation, null);
        }
        else if (roles.By?.Contains("signedIn") == true)
        {
            yield return new(RightsCause.SignedIn, AccessLevel.Full, null, member.Organisation, null);
        }
    }

    private IEnumerable<RightsReason> OfCustomer(Member member, string duty, DutyAction action, ActionRoles roles)
    {
        var isHanded = _table.Handed.TryGetValue((member.Organisation, duty), out var to) && roles.Delegated is { Count: > 0 };
        if (!isHanded || action is DutyAction.Read or DutyAction.Request)
        {
            foreach (var role in Held(member, roles.Customer))
            {
                yield return new(RightsCause.OwnRole, AccessLevel.Full, role, member.Organisation, null);
            }
        }

        foreach (var role in isHanded && to == DutyHolder.SupportPartner ? Held(member, roles.Delegated) : [])
        {
            yield return new(RightsCause.Handed, AccessLevel.Full, role, member.Organisation, null);
        }
    }

    private IEnumerable<RightsReason> OfProvider(Member member, string duty, ActionRoles roles)
    {
        foreach (var role in Held(member, roles.Provider))
        {
            yield return new(RightsCause.OwnRole, AccessLevel.Full, role, member.Organisation, null);
        }

        foreach (var grant in member.Grants.Where(grant => roles.Grant?.Contains(grant.Role.FullName) == true))
        {
            yield return new(RightsCause.Grant, AccessLevel.Full, grant.Role, grant.Customer, grant.Until);
        }

        foreach (var role in Held(member, roles.Grant))
        {
            yield return new(RightsCause.NoGrantDemanded, AccessLevel.Full, role, null, null);
        }

        foreach (var role in Held(member, roles.Protective))
        {
            yield return new(RightsCause.Protective, AccessLevel.Protective, role, null, null);
        }

        foreach (var role in Held(member, roles.Standing))
        {
            yield return new(RightsCause.Standing, AccessLevel.Standing, role, null, null);
        }

        foreach (var (customer, role) in _table.Handed.Where(pair => pair.Key.Duty == duty && pair.Value == DutyHolder.Provider).SelectMany(pair => Held(member, roles.Delegated).Select(role => (pair.Key.Customer, role))))
        {
            yield return new(RightsCause.Handed, AccessLevel.Standing, role, customer, null);
        }
    }

    private static IEnumerable<Role> Held(Member member, IReadOnlyList<string>? names) => (names ?? []).Select(name => RoleNames.Find(name)!.Value).Where(member.Roles.Has);
}
