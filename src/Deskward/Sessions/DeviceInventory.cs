using System.Globalization;
using System.Text.Json;
using Deskward.Devices;
using Deskward.Protocol.Csp;

namespace Deskward.Sessions;

/// <summary>Which facts of a machine are read, and how they are kept: texts are a stranger's, so they are cleaned and cut.</summary>
internal static class DeviceInventory
{
    private const string Build = "./DevDetail/SwV";
    private const string Serial = "./DevDetail/Ext/Microsoft/SMBIOSSerialNumber";
    private const string DeviceName = "./DevDetail/Ext/Microsoft/DeviceName";
    private const string Edition = "./Vendor/MSFT/DeviceStatus/OS/Edition";
    private const string Manufacturer = "./DevInfo/Man";
    private const string Model = "./DevInfo/Mod";

    /// <summary>Read in the first session and every 24 hours.</summary>
    internal static readonly string[] Paths =
    [
        Build,
        DeviceName,
        Serial,
        "./DevDetail/OEM",
        "./DevDetail/FwV",
        "./DevDetail/HwV",
        "./DevDetail/DevTyp",
        "./DevDetail/Ext/Microsoft/OSPlatform",
        "./DevDetail/Ext/Microsoft/ProcessorArchitecture",
        "./DevDetail/Ext/Microsoft/ProcessorType",
        "./DevDetail/Ext/Microsoft/TotalStorage",
        "./DevDetail/Ext/Microsoft/FreeStorage",
        "./DevDetail/Ext/Microsoft/TotalRAM",
        "./DevDetail/Ext/Microsoft/SystemSKU",
        "./DevDetail/Ext/WLANMACAddress",
        Edition,
        "./Vendor/MSFT/DeviceStatus/OS/Mode",
        "./Vendor/MSFT/DeviceStatus/SecureBootState",
        "./Vendor/MSFT/DeviceStatus/TPM/SpecificationVersion",
        "./Vendor/MSFT/DeviceStatus/Compliance/EncryptionCompliance",
        "./Vendor/MSFT/DeviceStatus/Antivirus/Status",
        "./Vendor/MSFT/DeviceStatus/Antivirus/SignatureStatus",
        "./Vendor/MSFT/DeviceStatus/Antispyware/Status",
        "./Vendor/MSFT/DeviceStatus/Firewall/Status",
        "./Vendor/MSFT/DeviceStatus/UAC/Status",
        "./Vendor/MSFT/DeviceStatus/DeviceGuard/VirtualizationBasedSecurityStatus",
        "./Vendor/MSFT/DeviceStatus/DeviceGuard/LsaCfgCredGuardStatus",
        "./Vendor/MSFT/DeviceStatus/DomainName",
    ];

    /// <summary>
    /// Takes over what a session reported; what the PC does not have keeps no value. The few facts that every session brings change nothing, not even when
    /// they were reported, unless one of them is new: the row is not written for them.
    /// </summary>
    /// <returns>Whether they are all the facts, not only those that every session brings.</returns>
    internal static bool Take(Device device, IReadOnlyDictionary<string, string?> reported, DateTimeOffset now)
    {
        var (facts, isWhole) = (Read(device.Inventory), reported.Count >= Paths.Length / 2);
        if (!isWhole && reported.All(told => facts.GetValueOrDefault(told.Key)?.Value == told.Value))
        {
            return false;
        }

        foreach (var (path, value) in reported)
        {
            if (value is not null)
            {
                facts[path] = new Fact(value, now);
                Keep(device, path, value);
            }
            else
            {
                facts.Remove(path);
            }
        }

        device.Inventory = JsonSerializer.Serialize(facts, JsonSerializerOptions.Web);
        device.RefreshSearch();
        return isWhole;
    }

    /// <summary>The facts that are kept, by their LocURI; empty when none or damaged.</summary>
    internal static SortedDictionary<string, Fact> Read(string? inventory)
    {
        try
        {
            return inventory is null ? new(StringComparer.OrdinalIgnoreCase)
                : new(JsonSerializer.Deserialize<Dictionary<string, Fact>>(inventory, JsonSerializerOptions.Web) ?? [], StringComparer.OrdinalIgnoreCase);
        }
        catch (JsonException)
        {
            return new(StringComparer.OrdinalIgnoreCase);
        }
    }

    private static void Keep(Device device, string path, string value)
    {
        switch (path)
        {
            case Build when OsBuild.TryParse(value, out var build):
                device.OsBuild = build.ToString();
                break;
            case Edition when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var edition):
                device.Edition = edition;
                break;
            case Serial:
                device.Serial = Cut(value, 200);
                break;
            case DeviceName:
                device.Name = Cut(value, 255);
                break;
            case Manufacturer:
                device.Manufacturer = Cut(value, 200);
                break;
            case Model:
                device.Model = Cut(value, 200);
                break;
            default:
                break;
        }
    }

    private static string Cut(string text, int most) => ReportedText.Clean(text, most) ?? "";

    /// <summary>A reported value and when it was reported.</summary>
    internal sealed record Fact(string Value, DateTimeOffset At);
}
