using System.Globalization;
using System.Net;

namespace Deskward.Simulator;

/// <summary>What Windows knows of itself and answers without anybody having written it: DevInfo, DevDetail, DeviceStatus, Defender, installed programs.</summary>
internal sealed class PcFacts(PcIdentity pc, TimeProvider time)
{
    private const string Status = "./Vendor/MSFT/DeviceStatus/";
    private const string Detail = "./DevDetail/Ext/Microsoft/";
    internal const string Name = Detail + "DeviceName";
    internal const string OrderedName = Detail + "DNSComputerName";
    private const string Health = "./Device/Vendor/MSFT/Defender/Health/";
    private const string Renewal = "./Device/Vendor/MSFT/CertificateStore/MY/WSTEP/";

    private static readonly Dictionary<string, Func<PcFacts, string>> s_fixed = new(StringComparer.OrdinalIgnoreCase)
    {
        ["./DevInfo/DevId"] = facts => facts.Pc.DeviceId,
        ["./DevInfo/Man"] = facts => facts.Pc.Manufacturer,
        ["./DevInfo/Mod"] = facts => facts.Pc.Model,
        ["./DevInfo/DmV"] = _ => "1.3",
        ["./DevInfo/Lang"] = facts => facts.Pc.Locale,
        ["./DevDetail/URI/MaxDepth"] = _ => "0",
        ["./DevDetail/URI/MaxTotLen"] = _ => "0",
        ["./DevDetail/URI/MaxSegLen"] = _ => "0",
        ["./DevDetail/DevTyp"] = facts => facts.Pc.Model,
        ["./DevDetail/OEM"] = facts => facts.Pc.Manufacturer,
        ["./DevDetail/FwV"] = facts => facts.Pc.Firmware,
        ["./DevDetail/HwV"] = facts => facts.Pc.Firmware,
        ["./DevDetail/SwV"] = facts => facts.Pc.OsVersion,
        ["./DevDetail/LrgObj"] = facts => facts.SplitsLargeAnswers ? "true" : "false",
        ["./DevDetail/Ext/WLANMACAddress"] = facts => facts.Pc.MacAddresses[^1].Replace("-", "", StringComparison.Ordinal),
        ["./DevDetail/Ext/WlanIPv4Address"] = facts => facts.Pc.Address,
        [Name] = facts => facts.Pc.Name,
        [OrderedName] = facts => facts.Pc.Name,
        [Detail + "OSPlatform"] = facts => facts.Pc.Edition == 4 ? "Windows 11 Enterprise" : "Windows 11 Pro",
        [Detail + "ProcessorArchitecture"] = _ => "9",
        [Detail + "ProcessorType"] = _ => "8664",
        [Detail + "Resolution"] = _ => "1920x1200",
        [Detail + "LocalTime"] = facts => facts.Now.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffK", CultureInfo.InvariantCulture),
        [Detail + "SMBIOSSerialNumber"] = facts => facts.Pc.SerialNumber,
        [Detail + "SMBIOSVersion"] = facts => facts.Pc.Firmware,
        [Detail + "SystemSKU"] = facts => facts.Pc.Model,
        [Detail + "TotalStorage"] = facts => Number(facts.Pc.StorageMegabytes),
        [Detail + "FreeStorage"] = facts => Number(facts.Pc.FreeStorageMegabytes),
        [Detail + "TotalRAM"] = facts => Number(facts.Pc.MemoryMegabytes),
        [Status + "SecureBootState"] = _ => "1",
        [Status + "Compliance/EncryptionCompliance"] = _ => "1",
        [Status + "TPM/SpecificationVersion"] = _ => "2.0",
        [Status + "TPM/ManufacturerId"] = _ => "1314145024",
        [Status + "TPM/ManufacturerIdTxt"] = _ => "NTC",
        [Status + "TPM/ManufacturerVersion"] = _ => "7.2.3.1",
        [Status + "OS/Edition"] = facts => Number(facts.Pc.Edition),
        [Status + "OS/Mode"] = _ => "0",
        [Status + "Antivirus/SignatureStatus"] = _ => "1",
        [Status + "Antivirus/Status"] = _ => "0",
        [Status + "Antispyware/SignatureStatus"] = _ => "1",
        [Status + "Antispyware/Status"] = _ => "0",
        [Status + "Firewall/Status"] = _ => "0",
        [Status + "UAC/Status"] = _ => "0",
        [Status + "Battery/Status"] = _ => "1",
        [Status + "Battery/EstimatedChargeRemaining"] = _ => "87",
        [Status + "Battery/EstimatedRuntime"] = _ => "14400",
        [Status + "DomainName"] = _ => "WORKGROUP",
        [Status + "DeviceGuard/VirtualizationBasedSecurityHwReq"] = _ => "0",
        [Status + "DeviceGuard/VirtualizationBasedSecurityStatus"] = _ => "0",
        [Status + "DeviceGuard/LsaCfgCredGuardStatus"] = _ => "0",
        [Status + "DeviceGuard/HypervisorEnforcedCodeIntegrityStatus"] = _ => "0",
        [Status + "DeviceGuard/SystemGuardStatus"] = _ => "0",
        [Status + "DMA/BootDMAProtectionStatus"] = _ => "1",
        [Health + "ProductStatus"] = _ => "524288",
        [Health + "ComputerState"] = _ => "0",
        [Health + "DefenderEnabled"] = _ => "true",
        [Health + "RtpEnabled"] = _ => "true",
        [Health + "NisEnabled"] = _ => "true",
        [Health + "QuickScanOverdue"] = _ => "false",
        [Health + "FullScanOverdue"] = _ => "false",
        [Health + "SignatureOutOfDate"] = _ => "false",
        [Health + "RebootRequired"] = _ => "false",
        [Health + "FullScanRequired"] = _ => "false",
        [Health + "EngineVersion"] = _ => "1.1.24090.11",
        [Health + "SignatureVersion"] = _ => "1.421.1021.0",
        [Health + "DefenderVersion"] = _ => "4.18.24090.11",
        [Health + "TamperProtectionEnabled"] = _ => "false",
        [Health + "IsVirtualMachine"] = _ => "true",
        [Renewal + "Renew/Status"] = facts => Number(facts.RenewalStatus),
        [Renewal + "Renew/ErrorCode"] = facts => Number(facts.RenewalError),
        ["./Device/Vendor/MSFT/DeviceManageability/Capabilities/CSPVersions"] = _ => CspVersions,
        ["./Device/Vendor/MSFT/RemoteWipe/AutomaticRedeployment/Status"] = _ => "0",
    };

    private static readonly (string Id, string Name, string Publisher, string Version)[] s_programs =
    [
        ("%7B90160000-008C-0000-1000-0000000FF1CE%7D", "Microsoft 365 Apps for enterprise", "Microsoft Corporation", "16.0.17928.20114"),
        ("%7B3F2504E0-4F89-41D3-9A0C-0305E82C3301%7D", "7-Zip 24.08 (x64 edition)", "Igor Pavlov", "24.08.00.0"),
        ("Microsoft%20Edge", "Microsoft Edge", "Microsoft Corporation", "129.0.2792.52"),
    ];

    private static readonly (string Node, string Version)[] s_providers =
    [
        ("./DevDetail", "1.2"), ("./DevInfo", "1.0"), ("./Device/Vendor/MSFT/DMClient", "1.7"), ("./Device/Vendor/MSFT/Policy", "11.0"),
        ("./Device/Vendor/MSFT/Reboot", "1.0"), ("./Vendor/MSFT/DeviceStatus", "1.5"), ("./Vendor/MSFT/Defender", "1.3"),
        ("./Vendor/MSFT/Firewall", "1.0"), ("./Vendor/MSFT/VPNv2", "1.0"), ("./User/Vendor/MSFT/Policy", "11.0"),
    ];

    /// <summary>Every path with a fact.</summary>
    public IEnumerable<string> Paths => s_fixed.Keys.Concat(Lists().Select(pair => pair.Path));

    public PcIdentity Pc => pc;

    public DateTimeOffset Now => time.GetUtcNow();

    public bool SplitsLargeAnswers { get; set; }

    /// <summary>Renew/Status: 0 never tried, 1 under way, 2 succeeded, 3 failed.</summary>
    public int RenewalStatus { get; set; }

    public int RenewalError { get; set; }

    /// <summary>The fact at a canonical path; null when nothing is known there.</summary>
    public string? Value(string key) =>
        s_fixed.TryGetValue(key, out var fact) ? fact(this)
        : key.StartsWith("./Vendor/MSFT/", StringComparison.OrdinalIgnoreCase) || key.StartsWith("./Device/", StringComparison.OrdinalIgnoreCase)
            ? Listed(key)
        : null;

    /// <summary>The names directly below a canonical path that are there without anybody having added them.</summary>
    public IEnumerable<string> ChildrenOf(string key) => SettingStore.NamesBelow(Paths, key);

    private string? Listed(string key) => key.Contains("/NetworkIdentifiers/", StringComparison.OrdinalIgnoreCase)
        || key.Contains("/Win32AppInventory/", StringComparison.OrdinalIgnoreCase)
            ? Lists().FirstOrDefault(pair => pair.Path.Equals(key, StringComparison.OrdinalIgnoreCase)).Value
            : null;

    private IEnumerable<(string Path, string Value)> Lists()
    {
        for (var i = 0; i < pc.MacAddresses.Count; i++)
        {
            var adapter = $"{Status}NetworkIdentifiers/{WebUtility.UrlEncode(pc.MacAddresses[i])}/";
            yield return (adapter + "IPAddressV4", i == 0 ? pc.Address : "");
            yield return (adapter + "IPAddressV6", "");
            yield return (adapter + "IsConnected", i == 0 ? "true" : "false");
            yield return (adapter + "Type", i == 0 ? "1" : "2");
        }
        foreach (var (id, name, publisher, version) in s_programs)
        {
            var program = $"./Vendor/MSFT/Win32AppInventory/Win32InstalledProgram/{id}/";
            yield return (program + "Name", name);
            yield return (program + "Publisher", publisher);
            yield return (program + "Version", version);
            yield return (program + "Language", "1033");
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string CspVersions =>
        """<?xml version="1.0" encoding="utf-8"?><DeviceManageability Version="com.microsoft/1.1/MDM/DeviceManageability"><Capabilities><CSPVersions>"""
        + string.Concat(s_providers.Select(csp => $"""<CSP Node="{csp.Node}" Version="{csp.Version}"></CSP>"""))
        + "</CSPVersions></Capabilities></DeviceManageability>";
}
