using Deskward.Groups.Rings;

namespace Deskward.Groups.Service;

/// <summary>The group of a device profile, which every organisation has.</summary>
public static class ProfileGroup
{
    /// <summary>Its id, which follows from the organisation.</summary>
    public static Guid IdOf(Guid tenant, DeviceProfile profile) => ServiceGroups.IdOf(tenant, profile);
}
