using Deskward.DesiredState;
using Deskward.Platform;
using Deskward.Platform.Portal;

namespace Deskward.Policies;

/// <summary>Whose policy set somebody looks at.</summary>
internal static class Provided
{
    /// <summary>It is the provider's.</summary>
    internal static bool Is(PolicySet set, DeskwardContext db, CurrentPerson me) => IsOwn(set, me) || !db.OpenTenants.Contains(set.TenantId);

    /// <summary>It is the provider's, and so is who looks at it.</summary>
    internal static bool IsOwn(PolicySet set, CurrentPerson me) => me.IsProvider && set.TenantId == me.OrganisationId;
}
