using System.Globalization;

namespace Deskward.Protocol.Intune;

/// <summary>Reads the profiles of a few properties: drivers, health monitoring, compliance.</summary>
internal static class SmallProfiles
{
    private const string Health = "./Device/Vendor/MSFT/Policy/Config/DeviceHealthMonitoring/";

    private static readonly Dictionary<string, PropertyRule> DriverRules = new(StringComparer.OrdinalIgnoreCase)
    {
        // Approval happens in Microsoft's service. What a PC can be told is whether drivers come at all.
        ["approvalType"] = (sheet, row, value) =>
        {
            if (FlatProfile.TextOf(value)?.ToUpperInvariant() is not ("AUTOMATIC" or "MANUAL") and var word)
            {
                row.Refuse(Reasons.BadProperty(word ?? ""));
                return;
            }
            sheet.Write(row, "./Device/Vendor/MSFT/Policy/Config/Update/ExcludeWUDriversInQualityUpdate", row.Value!.Equals("automatic", StringComparison.OrdinalIgnoreCase) ? "0" : "1", change: Reasons.Drivers);
        },
        ["deploymentDeferralInDays"] = (_, row, value) =>
        {
            row.Refuse(Reasons.Service);
            if (FlatProfile.TextOf(value) == "0")
            {
                (row.State, row.Reason) = (ImportState.Accepted, Reasons.NotConfigured);
            }
        },
    };

    private static readonly Dictionary<string, PropertyRule> HealthRules = new(StringComparer.OrdinalIgnoreCase)
    {
        ["allowDeviceHealthMonitoring"] = FlatProfile.Choice(Health + "AllowDeviceHealthMonitoring", ("enabled", "1"), ("disabled", "0")),
        ["configDeviceHealthMonitoringScope"] = (sheet, row, value) =>
        {
            // The words of Graph begin with a small letter, those of Windows with a large one.
            var words = (FlatProfile.TextOf(value) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            sheet.Write(row, Health + "ConfigDeviceHealthMonitoringScope", string.Join(',', words.Select(word => char.ToUpperInvariant(word[0]) + word[1..])), change: Reasons.Spelling(Csp.SettingChanges.Spelling));
        },
        ["configDeviceHealthMonitoringCustomScope"] = FlatProfile.Number(Health + "ConfigDeviceHealthMonitoringScope"),
        ["deviceManagementApplicabilityRuleOsEdition"] = FlatProfile.No(Reasons.Service),
        ["deviceManagementApplicabilityRuleOsVersion"] = FlatProfile.No(Reasons.Service),
        ["deviceManagementApplicabilityRuleDeviceMode"] = FlatProfile.No(Reasons.Service),
    };

    public static void ReadDrivers(GraphObject profile, ImportSheet sheet) =>
        FlatProfile.Read(profile, sheet, DriverRules, "newUpdates", "deviceReporting", "inventorySyncStatus", "driverInventories");

    public static void ReadHealth(GraphObject profile, ImportSheet sheet) => FlatProfile.Read(profile, sheet, HealthRules);

    /// <summary>Compliance: rules over what PCs report. Each is named; none is a setting.</summary>
    public static void ReadCompliance(GraphObject policy, ImportSheet sheet)
    {
        var rules = policy.Properties().Select(property => property.Name).Distinct(StringComparer.OrdinalIgnoreCase)
            .ToDictionary(name => name, _ => FlatProfile.No(Reasons.Compliance), StringComparer.OrdinalIgnoreCase);
        FlatProfile.Read(policy, sheet, rules, "scheduledActionsForRule");
        foreach (var action in policy.List("scheduledActionsForRule").SelectMany(rule => rule.List("scheduledActionConfigurations")))
        {
            var row = sheet.Begin(action.Text("actionType") ?? "scheduledActionsForRule");
            row.Value = action.Find("gracePeriodHours") is { ValueKind: System.Text.Json.JsonValueKind.Number } hours ? string.Create(CultureInfo.InvariantCulture, $"{hours.GetRawText()} h") : null;
            row.Refuse(Reasons.Compliance);
        }
    }
}
