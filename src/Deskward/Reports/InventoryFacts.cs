using System.Globalization;
using System.Text.Json;

namespace Deskward.Reports;

/// <summary>A reported fact as the page of a PC shows it.</summary>
/// <param name="Key">Key of its text; the path itself when it has none.</param>
/// <param name="Value">As reported.</param>
/// <param name="At">When it was reported.</param>
public sealed record InventoryFact(string Key, string Value, DateTimeOffset? At);

/// <summary>Reads the inventory of a PC, which is a stranger's text: what cannot be read is left out.</summary>
internal static class InventoryFacts
{
    private static readonly (string Path, string Key)[] Hardware =
    [
        ("./DevDetail/OEM", "oem"), ("./DevDetail/FwV", "firmware"), ("./DevDetail/Ext/Microsoft/ProcessorArchitecture", "architecture"),
        ("./DevDetail/Ext/Microsoft/TotalRAM", "ram"), ("./DevDetail/Ext/Microsoft/TotalStorage", "storage"), ("./DevDetail/Ext/Microsoft/FreeStorage", "free"),
    ];

    private static readonly (string Path, string Key)[] Security =
    [
        ("./Vendor/MSFT/DeviceStatus/SecureBootState", "secure-boot"), ("./Vendor/MSFT/DeviceStatus/TPM/SpecificationVersion", "tpm"),
        ("./Vendor/MSFT/DeviceStatus/Compliance/EncryptionCompliance", "encryption"), ("./Vendor/MSFT/DeviceStatus/Antivirus/Status", "antivirus"),
        ("./Vendor/MSFT/DeviceStatus/Antivirus/SignatureStatus", "signatures"), ("./Vendor/MSFT/DeviceStatus/Firewall/Status", "firewall"),
    ];

    internal static (IReadOnlyList<InventoryFact> Hardware, IReadOnlyList<InventoryFact> Security) Read(string? inventory)
    {
        var facts = Parse(inventory);
        return (Pick(facts, Hardware), Pick(facts, Security));
    }

    private static List<InventoryFact> Pick(Dictionary<string, (string Value, DateTimeOffset? At)> facts, (string Path, string Key)[] wanted) =>
        [.. wanted.Where(entry => facts.ContainsKey(entry.Path)).Select(entry => new InventoryFact(entry.Key, facts[entry.Path].Value, facts[entry.Path].At))];

    private static Dictionary<string, (string, DateTimeOffset?)> Parse(string? inventory)
    {
        var facts = new Dictionary<string, (string, DateTimeOffset?)>(StringComparer.OrdinalIgnoreCase);
        try
        {
            using var document = JsonDocument.Parse(inventory ?? "{}");
            foreach (var member in document.RootElement.EnumerateObject())
            {
                facts[member.Name] = member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("value", out var value)
                    ? (value.ToString(), member.Value.TryGetProperty("at", out var at) && at.TryGetDateTimeOffset(out var read) ? read : null)
                    : (member.Value.ToString(), null);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            facts.Clear();
        }

        return facts;
    }

    /// <summary>A count of megabytes as people read it; the text as reported when it is no number.</summary>
    internal static string Megabytes(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var megabytes) && megabytes is > 0 and < 1L << 40
        ? megabytes >= 1024 ? string.Create(CultureInfo.CurrentCulture, $"{megabytes / 1024.0:0.#} GB") : string.Create(CultureInfo.CurrentCulture, $"{megabytes} MB")
        : text;
}
