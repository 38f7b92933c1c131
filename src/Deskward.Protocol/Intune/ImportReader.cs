using System.Globalization;
using System.Text.Json;
using Deskward.Protocol.Admx;
using Deskward.Protocol.Csp;

namespace Deskward.Protocol.Intune;

/// <summary>
/// Reads what administrators have: policies exported from Intune (Microsoft Graph, beta shapes), tables of OMA-URIs, ADMX files. A file that is not understood
/// as a whole is refused as a whole; of one that is, each setting says what became of it.
/// </summary>
public static class ImportReader
{
    /// <summary>The longest file that is read, in bytes.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    private const int MostPolicies = 1_000;

    // Templates of Windows itself, by file name: the catalogue says for each of its policies where it comes from.
    private static readonly Lazy<HashSet<string>> WindowsTemplates = new(() =>
        Catalogue.Default.Nodes.Select(node => node.Allowed.Admx?.File).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether a file is XML: of what is read here, an ADMX file.</summary>
    public static bool IsTemplate(ReadOnlySpan<byte> bytes)
    {
        var head = bytes.Length > 400 ? bytes[..400] : bytes;
        head = head is [0xEF, 0xBB, 0xBF, ..] ? head[3..] : head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] ? head[2..] : head;
        return head.TrimStart(" \t\r\n\0"u8) is [(byte)'<', ..];
    }

    /// <summary>Reads a file that is no ADMX file.</summary>
    /// <param name="fileName">Its name, for policies that have none.</param>
    /// <param name="bytes">UTF-8, or UTF-16 with a byte order mark.</param>
    /// <param name="templates">The ADMX files that were supplied.</param>
    /// <param name="entraTenant">What stands in paths for {TenantId}; null when it is not known.</param>
    /// <exception cref="ProtocolException">It is not understood; the message says where and why.</exception>
    public static IReadOnlyList<ImportedPolicy> Read(string fileName, ReadOnlyMemory<byte> bytes, AdmxLibrary templates, string? entraTenant = null)
    {
        if (bytes.Length > MostBytes)
        {
            throw new ProtocolException(string.Create(CultureInfo.InvariantCulture, $"The file is {bytes.Length / 1024 / 1024} MB long; at most {MostBytes / 1024 / 1024} MB are read."));
        }
        var text = TextBytes.Decode(bytes.Span);
        return text.AsSpan().TrimStart() switch
        {
            [] => throw new ProtocolException("The file is empty."),
            ['{' or '[', ..] => ReadJson(fileName, text, templates, entraTenant),
            _ => [ReadTable(fileName, text)],
        };
    }

    /// <summary>What is said of an ADMX file: one setting, its ingestion, unless Windows has it already.</summary>
    public static ImportedPolicy Report(AdmxFile template)
    {
        var sheet = new ImportSheet(Catalogue.Default);
        var row = sheet.Begin(template.Name);
        if (WindowsTemplates.Value.Contains(template.Name))
        {
            (row.State, row.Reason) = (ImportState.Accepted, Reasons.WindowsHas);
            return sheet.Done(ImportedKind.Template, template.Name, "", null);
        }
        sheet.Write(row, template.IngestionPath, template.Text);
        row.Value = null;
        row.Reason = row.IsTaken ? Reasons.Ingested(template.Policies.Count) : row.Reason;
        return sheet.Done(ImportedKind.Template, template.Name, "", null);
    }

    private static ImportedPolicy ReadTable(string fileName, string text)
    {
        var sheet = new ImportSheet(Catalogue.Default);
        OmaUriTable.Read(text, sheet);
        var policy = sheet.Done(ImportedKind.SettingTable, StemOf(fileName), "", null) with { Source = text };
        return policy.Settings.Any(setting => setting.LocUri?.StartsWith("./", StringComparison.Ordinal) == true) ? policy
            : throw new ProtocolException("The file is neither JSON nor XML, and holds no line with a path such as ./Device/Vendor/MSFT/... and a value.");
    }

    private static ImportedPolicy[] ReadJson(string fileName, string text, AdmxLibrary templates, string? entraTenant)
    {
        using var document = Parse(text);
        var root = document.RootElement;
        var entries = root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()]
            : root.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Array && !root.TryGetProperty("settings", out _) ? value.EnumerateArray().ToList()
            : [root];
        if (entries.Count is 0 or > MostPolicies)
        {
            throw new ProtocolException(entries.Count == 0 ? "The file holds no policy." : string.Create(CultureInfo.InvariantCulture, $"The file holds {entries.Count} policies; at most {MostPolicies} are read."));
        }
        try
        {
            return [.. entries.Select((entry, at) => ReadPolicy(GraphObject.Of(entry, entries.Count == 1 ? "The policy" : string.Create(CultureInfo.InvariantCulture, $"Policy {at + 1}")), fileName, templates, entraTenant) with { Source = entry.GetRawText() })];
        }
        catch (InvalidOperationException)
        {
            // What the reader of JSON says to a text with half of a character in it.
            throw new ProtocolException("The file holds a text with half of a character in it.");
        }
    }

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 128, AllowDuplicateProperties = false });
        }
        catch (JsonException error)
        {
            throw new ProtocolException(error.LineNumber is { } line
                ? string.Create(CultureInfo.InvariantCulture, $"The JSON cannot be read, line {line + 1}, byte {error.BytePositionInLine + 1}.")
                : "The JSON cannot be read: an object in it has the same property twice.");
        }
    }

    private static ImportedPolicy ReadPolicy(GraphObject policy, string fileName, AdmxLibrary templates, string? entraTenant)
    {
        var kind = KindOf(policy);
        var sheet = new ImportSheet(Catalogue.Default);
        switch (kind)
        {
            case ImportedKind.SettingsCatalogue:
                CheckCatalogue(policy);
                var flattener = new CatalogueFlattener(sheet, templates, entraTenant);
                foreach (var instance in InstanceReader.Read(policy))
                {
                    flattener.Flatten(instance);
                }
                break;
            case ImportedKind.Compliance: SmallProfiles.ReadCompliance(policy, sheet); break;
            case ImportedKind.UpdateRing: UpdateRingReader.Read(policy, sheet); break;
            case ImportedKind.DriverProfile: SmallProfiles.ReadDrivers(policy, sheet); break;
            case ImportedKind.HealthMonitoring: SmallProfiles.ReadHealth(policy, sheet); break;
            default: CustomProfile.Read(policy, sheet); break;
        }
        var name = policy.Text("displayName") ?? policy.Text("name");
        return sheet.Done(kind, string.IsNullOrWhiteSpace(name) ? StemOf(fileName) : name.Trim(), policy.Text("description") ?? "", policy.Text("id"));
    }

    private static ImportedKind KindOf(GraphObject policy) => policy.Type?.ToUpperInvariant() switch
    {
        "DEVICEMANAGEMENTCONFIGURATIONPOLICY" => ImportedKind.SettingsCatalogue,
        "WINDOWS10COMPLIANCEPOLICY" => ImportedKind.Compliance,
        "WINDOWSUPDATEFORBUSINESSCONFIGURATION" => ImportedKind.UpdateRing,
        "WINDOWSDRIVERUPDATEPROFILE" => ImportedKind.DriverProfile,
        "WINDOWSHEALTHMONITORINGCONFIGURATION" => ImportedKind.HealthMonitoring,
        "WINDOWS10CUSTOMCONFIGURATION" => ImportedKind.CustomProfile,
        // Exports of a portal leave the type out; what only one kind has tells it.
        null when policy.Find("error") is null && policy.Find("settings") is not null && (policy.Find("platforms") ?? policy.Find("templateReference") ?? policy.Find("technologies")) is not null => ImportedKind.SettingsCatalogue,
        null when policy.Find("omaSettings") is not null => ImportedKind.CustomProfile,
        null when policy.Find("qualityUpdatesDeferralPeriodInDays") is not null => ImportedKind.UpdateRing,
        null when policy.Find("approvalType") is not null => ImportedKind.DriverProfile,
        null when policy.Find("allowDeviceHealthMonitoring") is not null => ImportedKind.HealthMonitoring,
        null when policy.Find("bitLockerEnabled") is not null && policy.Find("secureBootEnabled") is not null => ImportedKind.Compliance,
        null => throw new ProtocolException($"{policy.Place} is none that is known: it has no @odata.type, and not the properties of one."),
        _ => throw new ProtocolException($"{policy.Place} is a {policy.Type}. Read are settings catalogue, compliance, update rings, driver profiles, health monitoring and custom profiles of Windows."),
    };

    private static void CheckCatalogue(GraphObject policy)
    {
        if (policy.Text("platforms") is { Length: > 0 } platforms && !platforms.Contains("windows", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProtocolException($"{policy.Place} is for {platforms}, not for Windows.");
        }
        var settings = policy.List("settings").Count;
        if (policy.Find("settingCount") is { ValueKind: JsonValueKind.Number } count && count.TryGetInt32(out var said) && said > settings)
        {
            throw new ProtocolException(string.Create(CultureInfo.InvariantCulture, $"{policy.Place} says that it has {said} settings and holds {settings}: the export is not whole."));
        }
        if (policy.Find("settings@odata.nextLink") is not null || settings == 0)
        {
            throw new ProtocolException($"{policy.Place} does not hold all of its settings: export it with them.");
        }
    }

    private static string StemOf(string fileName) => Path.GetFileNameWithoutExtension(fileName) is { Length: > 0 } stem ? stem : "Import";
}
