using System.Text.Json;
using Deskward.DesiredState;

namespace Deskward.Policies.Repairs;

/// <summary>What probably changed a setting behind the service, as far as the PC reports anything of it.</summary>
public enum DriftCause
{
    /// <summary>The PC says that the value of another authority is in force: Group Policy, or another management that writes the same policy.</summary>
    AnotherAuthority,

    /// <summary>The PC is joined to a domain, whose Group Policy can reach the setting.</summary>
    GroupPolicyPossible,

    NotReported,
}

/// <summary>Tells the cause from what was reported; nothing is guessed where nothing was.</summary>
internal static class DriftCauses
{
    private const string DomainName = "./Vendor/MSFT/DeviceStatus/DomainName";

    /// <param name="path">The setting.</param>
    /// <param name="openReason">What is recorded of the setting as it stands now; null: nothing.</param>
    /// <param name="inventory">What the PC reported of itself: a stranger's text.</param>
    internal static DriftCause Of(string path, string? openReason, string? inventory) =>
        openReason?.StartsWith(EvidenceAnswers.Overruled, StringComparison.Ordinal) == true ? DriftCause.AnotherAuthority
        : EvidenceEntry.IsPolicy(path) && DomainOf(inventory) is { } domain && domain.Contains('.', StringComparison.Ordinal) ? DriftCause.GroupPolicyPossible
        : DriftCause.NotReported;

    // A PC in no domain names its workgroup, which has no dot.
    private static string? DomainOf(string? inventory)
    {
        try
        {
            using var document = JsonDocument.Parse(inventory ?? "{}");
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(DomainName, out var fact) && fact.ValueKind == JsonValueKind.Object
                && fact.TryGetProperty("value", out var value) ? value.ToString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
