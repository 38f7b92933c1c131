using Deskward.Groups;
using Deskward.Platform;

namespace Deskward.DesiredState.Targets;

/// <summary>
/// What may be put on the groups that the service owns. The group of all PCs takes everything. A ring takes what the provider rolls out by rings, and of a
/// customer's own settings certificates, Wi-Fi, VPN, LAN and required apps only. A profile's group takes that profile and exceptions to it.
/// </summary>
internal static class ServiceGroupTargets
{
    private const string Vendor = "Vendor/MSFT/";

    private static readonly HashSet<string> OnRings = new(StringComparer.OrdinalIgnoreCase)
    {
        "CertificateStore", "ClientCertificateInstall", "RootCATrustedCertificates", "WiFi", "VPNv2", "WiredNetwork", "EnterpriseDesktopAppManagement", "EnterpriseModernAppManagement",
    };

    /// <returns>Null when these settings may stand there; otherwise which may not, and what to do instead.</returns>
    internal static Refusal? Refuse(Group group, Layer layer, IEnumerable<string> paths) => (group.Kind, layer) switch
    {
        (GroupKind.Ring, Layer.Profile) => Refusal.NotAllowed("A device profile goes to the group of that profile, not to a ring."),
        (GroupKind.Ring, Layer.Customer) when paths.FirstOrDefault(path => !IsOnRings(path)) is { } odd =>
            Refusal.NotAllowed($"On a ring a customer puts certificates, Wi-Fi, VPN, LAN and required apps only; {odd} is none of them. Put it on a group of your own, or on all PCs."),
        (GroupKind.Profile, Layer.Customer) => Refusal.NotAllowed("The group of a device profile takes nothing of a customer's own. Put it on a group of your own, or on all PCs."),
        (GroupKind.Profile, Layer.Foundation) => Refusal.NotAllowed("The foundation goes to all PCs or to a ring, not to a device profile."),
        _ => null,
    };

    private static bool IsOnRings(string path)
    {
        var at = path.IndexOf(Vendor, StringComparison.OrdinalIgnoreCase);
        return at >= 0 && OnRings.Contains(path[(at + Vendor.Length)..].Split('/')[0]);
    }
}
