using Deskward.Groups;
using Deskward.Platform;

namespace Deskward.DesiredState.Targets;

/// <summary>What the provider's policy sets may be put on: the foundation, or the group of a device profile in its layer; the released version alone.</summary>
internal static class ProvidedTargets
{
    internal static readonly Refusal ProviderOnly = Refusal.NotAllowed("The foundation, device profiles and exceptions are the provider's to assign and to take away. Put what is yours into the layer of your own settings.");

    internal static Refusal? Refuse(PolicySet set, int number, Group group, Layer layer) =>
        set.ReleasedVersion != number ? Refusal.Conflict($"Version {number} is not the one that is released.")
        : layer is not (Layer.Foundation or Layer.Profile) ? Refusal.NotAllowed("The provider's policy sets go into the foundation, or into the layer of device profiles.")
        : layer == Layer.Profile && group.Kind != GroupKind.Profile ? Refusal.NotAllowed("A device profile goes to the group of that profile.") : null;
}
