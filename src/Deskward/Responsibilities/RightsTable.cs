using System.Collections.Frozen;
using Deskward.Platform.Duties;

namespace Deskward.Responsibilities;

/// <summary>A duty that is in other hands at one customer, now.</summary>
internal readonly record struct HandedDuty(Guid Customer, string Duty, DutyHolder To);

/// <summary>
/// The matrix turned into bit masks, and the duties that are delegated: decides rights without a database and without allocation. One table
/// per node; delegations are exchanged as a whole when one changes or a date is reached.
/// </summary>
internal sealed class RightsTable
{
    private static readonly int Actions = Enum.GetValues<DutyAction>().Length;
    private readonly FrozenDictionary<string, int> _places;
    private readonly Masks[] _masks;

    internal RightsTable(Matrix matrix)
    {
        var duties = matrix.Duties.ToArray();
        _places = duties.Select((duty, index) => (duty.Id, index)).ToFrozenDictionary(pair => pair.Id, pair => pair.index, StringComparer.Ordinal);
        _masks = new Masks[duties.Length * Actions];
        foreach (var (index, duty) in duties.Index())
        {
            foreach (var (action, roles) in duty.Actions)
            {
                _masks[index * Actions + (int)action] = Masks.Of(roles);
            }
        }
    }

    /// <summary>The delegations that hold now.</summary>
    internal FrozenDictionary<(Guid Customer, string Duty), DutyHolder> Handed { get; private set; } = FrozenDictionary<(Guid, string), DutyHolder>.Empty;

    /// <summary>The customers whose contract demands no grant of a provider's person: there the provider's roles count as granted. Nobody else's do.</summary>
    internal FrozenSet<Guid> WithoutGrant { get; private set; } = FrozenSet<Guid>.Empty;

    internal void DemandNone(IEnumerable<Guid> customers) => WithoutGrant = customers.ToFrozenSet();

    internal void Hand(IEnumerable<HandedDuty> duties) => Handed = duties.ToFrozenDictionary(duty => (duty.Customer, duty.Duty), duty => duty.To);

    /// <inheritdoc cref="RightsRule"/>
    internal AccessLevel Of(Member? member, Guid organisation, string duty, DutyAction action)
    {
        if (!_places.TryGetValue(duty, out var place))
        {
            return AccessLevel.None;
        }

        ref readonly var masks = ref _masks[place * Actions + (int)action];
        if (((masks.IsOpen || (masks.IsSignedIn && member is not null)) && (organisation == Guid.Empty || organisation == member?.Organisation)) || (masks.IsProtocol && organisation == Guid.Empty))
        {
            return AccessLevel.Full;
        }

        return member is null ? AccessLevel.None
            : member.Organisation != organisation ? AtCustomer(member, organisation, duty, masks)
            : member.IsProvider ? Level(member.Roles.Overlaps(masks.Provider), AccessLevel.Full)
            : AtHome(member, duty, action, masks);
    }

    /// <inheritdoc cref="AsksAgainRule"/>
    internal bool AsksAgain(string duty, DutyAction action) => _places.TryGetValue(duty, out var place) && _masks[place * Actions + (int)action].AsksAgain;

    /// <summary>Whoever handed a duty over still sees it and asks for it; the work is the other's.</summary>
    private AccessLevel AtHome(Member member, string duty, DutyAction action, in Masks masks)
    {
        if (masks.Delegated.IsEmpty || !Handed.TryGetValue((member.Organisation, duty), out var to))
        {
            return Level(member.Roles.Overlaps(masks.Customer), AccessLevel.Full);
        }

        return action is DutyAction.Read or DutyAction.Request
            ? Level(member.Roles.Overlaps(to == DutyHolder.SupportPartner ? masks.Customer.With(masks.Delegated) : masks.Customer), AccessLevel.Full)
            : Level(to == DutyHolder.SupportPartner && member.Roles.Overlaps(masks.Delegated), AccessLevel.Full);
    }

    private AccessLevel AtCustomer(Member member, Guid customer, string duty, in Masks masks)
    {
        if (!member.IsProvider)
        {
            return AccessLevel.None;
        }

        if (WithoutGrant.Contains(customer) && member.Roles.Overlaps(masks.Grant))
        {
            return AccessLevel.Full;
        }

        foreach (var grant in member.Grants)
        {
            if (grant.Customer == customer && masks.Grant.Has(grant.Role))
            {
                return AccessLevel.Full;
            }
        }

        return member.Roles.Overlaps(masks.Protective) ? AccessLevel.Protective
            : member.Roles.Overlaps(masks.Standing) ? AccessLevel.Standing
            : member.Roles.Overlaps(masks.Delegated) && Handed.TryGetValue((customer, duty), out var to) && to == DutyHolder.Provider ? AccessLevel.Standing
            : AccessLevel.None;
    }

    private static AccessLevel Level(bool may, AccessLevel level) => may ? level : AccessLevel.None;

    private readonly record struct Masks
    {
        internal RoleSet Customer { get; private init; }

        internal RoleSet Provider { get; private init; }

        internal RoleSet Standing { get; private init; }

        internal RoleSet Grant { get; private init; }

        internal RoleSet Protective { get; private init; }

        internal RoleSet Delegated { get; private init; }

        internal bool IsOpen { get; private init; }

        /// <summary>PCs and directories prove themselves inside what they send; it opens no organisation to a person.</summary>
        internal bool IsProtocol { get; private init; }

        internal bool IsSignedIn { get; private init; }

        internal bool AsksAgain { get; private init; }

        internal static Masks Of(ActionRoles roles) => new()
        {
            Customer = Set(roles.Customer),
            Provider = Set(roles.Provider),
            Standing = Set(roles.Standing),
            Grant = Set(roles.Grant),
            Protective = Set(roles.Protective),
            Delegated = Set(roles.Delegated),
            IsOpen = roles.By?.Contains("anyone") == true,
            IsProtocol = roles.By?.Any(party => party is "device" or "directory") == true,
            IsSignedIn = roles.By?.Contains("signedIn") == true,
            AsksAgain = roles.AsksAgain,
        };

        private static RoleSet Set(IReadOnlyList<string>? names) => RoleSet.Of((names ?? []).Select(name => RoleNames.Find(name)!.Value));
    }
}
