using System.Security.Cryptography;
using System.Text;
using Deskward.Groups.Rings;
using Deskward.Platform;

namespace Deskward.Groups.Service;

/// <summary>
/// The groups that the service owns in every organisation: all PCs, the rings, the device profiles. Their ids follow from the organisation, so that one which
/// was lost comes back as the same group, with what is assigned to it.
/// </summary>
internal static class ServiceGroups
{
    /// <summary>What the service says to anybody else who would change one.</summary>
    internal static Refusal Refuse(GroupKind kind) => Refusal.NotAllowed(kind switch
    {
        GroupKind.Ring => "This group belongs to the service, which fills it from what was decided. To put PCs into a ring, select them on the page Rings and assign the ring.",
        GroupKind.Profile => "This group belongs to the service, which fills it from what was decided. To give PCs another device profile, select them on the page Rings and assign the profile.",
        _ => "This group belongs to the service; nobody can change it.",
    });

    internal static Guid IdOf(Guid tenant, Ring ring) => IdOf(tenant, "ring:" + ring);

    internal static Guid IdOf(Guid tenant, DeviceProfile profile) => IdOf(tenant, "profile:" + profile);

    /// <summary>The rings and the profiles as they must be.</summary>
    internal static IEnumerable<Group> Of(Guid tenant) =>
        Enum.GetValues<Ring>().Select(ring => New(tenant, IdOf(tenant, ring), GroupKind.Ring, ring.ToString(), $"Ring {ring}"))
            .Concat(Enum.GetValues<DeviceProfile>().Select(profile => New(tenant, IdOf(tenant, profile), GroupKind.Profile, profile.ToString(), $"Profile {profile}")));

    /// <summary>The groups that a placement says its PC is in.</summary>
    internal static IEnumerable<Guid> Of(DevicePlacement placement)
    {
        if (placement.Ring is { } ring)
        {
            yield return IdOf(placement.TenantId, ring);
        }

        if (placement.Profile is { } profile)
        {
            yield return IdOf(placement.TenantId, profile);
        }
    }

    private static Group New(Guid tenant, Guid id, GroupKind kind, string part, string name) =>
        new() { Id = id, TenantId = tenant, Kind = kind, Part = part, Name = name, IsServiceOwned = true };

    private static Guid IdOf(Guid tenant, string part)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes($"{tenant}/{part}")).AsSpan(0, 16);
        (hash[6], hash[8]) = ((byte)((hash[6] & 0x0F) | 0x80), (byte)((hash[8] & 0x3F) | 0x80));
        return new Guid(hash, bigEndian: true);
    }
}
