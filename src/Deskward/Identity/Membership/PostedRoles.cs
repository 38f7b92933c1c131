using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.Extensions.Primitives;

namespace Deskward.Identity.Membership;

/// <summary>The roles that are ticked in a form.</summary>
internal static class PostedRoles
{
    internal static Outcome<RoleSet> Read(StringValues posted)
    {
        var roles = new List<Role>();
        foreach (var text in posted)
        {
            if (!Enum.TryParse<Role>(text, out var role) || !Enum.IsDefined(role))
            {
                return Refusal.Invalid("There is no such role.");
            }

            roles.Add(role);
        }

        return RoleSet.Of(roles);
    }
}
