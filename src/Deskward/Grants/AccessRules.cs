using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;

namespace Deskward.Grants;

/// <summary>What can be asked for.</summary>
internal static class AccessRules
{
    /// <summary>The roles that open anything at a customer when granted.</summary>
    internal static readonly RoleSet Grantable = RoleSet.Of(Matrix.Default.Duties.SelectMany(duty => duty.Actions.Values).SelectMany(roles => roles.Grant ?? [])
        .Select(name => RoleNames.Find(name)!.Value));

    /// <summary>The roles that this person may ask for.</summary>
    internal static IEnumerable<Role> Of(Member member) => member.IsProvider ? member.Roles.Roles.Where(Grantable.Has) : [];

    internal static Refusal? Refuse(Member asker, AccessWish wish)
    {
        var reason = wish.Reason.Trim();
        return !Of(asker).Contains(wish.Role) ? Refusal.NotAllowed("You can ask for a role only that you hold at the provider.")
            : RefuseReason(reason) ?? (wish.Hours is < 1 or > AccessRequest.MostHours ? Refusal.Invalid($"Access is given for 1 to {AccessRequest.MostHours} hours.") : null);
    }

    /// <summary>Whoever goes into somebody else's house says why.</summary>
    internal static Refusal? RefuseReason(string reason) =>
        reason.Length is < AccessRequest.ShortestReason or > AccessRequest.LongestReason || reason.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t'))
            ? Refusal.Invalid($"The reason must have {AccessRequest.ShortestReason} to {AccessRequest.LongestReason} characters.")
            : null;
}
