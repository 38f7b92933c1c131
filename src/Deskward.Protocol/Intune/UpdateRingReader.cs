using System.Globalization;
using System.Text.Json;

namespace Deskward.Protocol.Intune;

/// <summary>Reads update rings (windowsUpdateForBusinessConfiguration): each property is a policy of the area Update.</summary>
internal static class UpdateRingReader
{
    private const string Update = "./Device/Vendor/MSFT/Policy/Config/Update/";

    private static readonly Dictionary<string, PropertyRule> Rules = new(StringComparer.OrdinalIgnoreCase)
    {
        ["deliveryOptimizationMode"] = FlatProfile.Choice("./Device/Vendor/MSFT/Policy/Config/DeliveryOptimization/DODownloadMode", ("httpOnly", "0"), ("httpWithPeeringNat", "1"),
            ("httpWithPeeringPrivateGroup", "2"), ("httpWithInternetPeering", "3"), ("simpleDownload", "99"), ("bypassMode", "100")),
        ["prereleaseFeatures"] = FlatProfile.Choice("./Device/Vendor/MSFT/Policy/Config/System/AllowExperimentation", ("notAllowed", "0"), ("settingsOnly", "1"), ("settingsAndExperimentations", "2")),
        ["automaticUpdateMode"] = FlatProfile.Choice(Update + "AllowAutoUpdate", ("notifyDownload", "0"), ("autoInstallAtMaintenanceTime", "1"), ("autoInstallAndRebootAtMaintenanceTime", "2"),
            ("autoInstallAndRebootAtScheduledTime", "3"), ("autoInstallAndRebootWithoutEndUserControl", "4")),
        ["microsoftUpdateServiceAllowed"] = FlatProfile.Flag(Update + "AllowMUUpdateService"),
        ["driversExcluded"] = FlatProfile.Flag(Update + "ExcludeWUDriversInQualityUpdate"),
        ["installationSchedule"] = Schedule,
        ["qualityUpdatesDeferralPeriodInDays"] = FlatProfile.Number(Update + "DeferQualityUpdatesPeriodInDays"),
        ["featureUpdatesDeferralPeriodInDays"] = FlatProfile.Number(Update + "DeferFeatureUpdatesPeriodInDays"),
        ["qualityUpdatesPaused"] = FlatProfile.Flag(Update + "PauseQualityUpdates"),
        ["featureUpdatesPaused"] = FlatProfile.Flag(Update + "PauseFeatureUpdates"),
        ["qualityUpdatesPauseStartDate"] = Day(Update + "PauseQualityUpdatesStartTime"),
        ["featureUpdatesPauseStartDate"] = Day(Update + "PauseFeatureUpdatesStartTime"),
        ["businessReadyUpdatesOnly"] = FlatProfile.Choice(Update + "BranchReadinessLevel", ("all", "16"), ("businessReadyOnly", "32"), ("windowsInsiderBuildFast", "2"),
            ("windowsInsiderBuildSlow", "4"), ("windowsInsiderBuildRelease", "8")),
        ["skipChecksBeforeRestart"] = FlatProfile.Flag(Update + "SetEDURestart"),
        ["updateWeeks"] = Weeks,
        ["featureUpdatesRollbackWindowInDays"] = FlatProfile.Number(Update + "ConfigureFeatureUpdateUninstallPeriod"),
        ["qualityUpdatesWillBeRolledBack"] = FlatProfile.No(Reasons.Command),
        ["featureUpdatesWillBeRolledBack"] = FlatProfile.No(Reasons.Command),
        ["engagedRestartDeadlineInDays"] = FlatProfile.Number(Update + "EngagedRestartDeadline"),
        ["engagedRestartSnoozeScheduleInDays"] = FlatProfile.Number(Update + "EngagedRestartSnoozeSchedule"),
        ["engagedRestartTransitionScheduleInDays"] = FlatProfile.Number(Update + "EngagedRestartTransitionSchedule"),
        ["deadlineForFeatureUpdatesInDays"] = FlatProfile.Number(Update + "ConfigureDeadlineForFeatureUpdates"),
        ["deadlineForQualityUpdatesInDays"] = FlatProfile.Number(Update + "ConfigureDeadlineForQualityUpdates"),
        ["deadlineGracePeriodInDays"] = FlatProfile.Number(Update + "ConfigureDeadlineGracePeriod"),
        ["postponeRebootUntilAfterDeadline"] = FlatProfile.Flag(Update + "ConfigureDeadlineNoAutoReboot"),
        ["autoRestartNotificationDismissal"] = FlatProfile.Choice(Update + "AutoRestartRequiredNotificationDismissal", ("automatic", "1"), ("user", "2")),
        ["scheduleRestartWarningInHours"] = FlatProfile.Number(Update + "ScheduleRestartWarning"),
        ["scheduleImminentRestartWarningInMinutes"] = FlatProfile.Number(Update + "ScheduleImminentRestartWarning"),
        ["userPauseAccess"] = FlatProfile.Choice(Update + "SetDisablePauseUXAccess", ("enabled", "0"), ("disabled", "1")),
        ["userWindowsUpdateScanAccess"] = FlatProfile.Choice(Update + "SetDisableUXWUAccess", ("enabled", "0"), ("disabled", "1")),
        ["updateNotificationLevel"] = FlatProfile.Choice(Update + "UpdateNotificationLevel", ("defaultNotifications", "0"), ("restartWarningsOnly", "1"), ("disableAllNotifications", "2")),
        ["allowWindows11Upgrade"] = FlatProfile.No(Reasons.Service),
        ["deviceManagementApplicabilityRuleOsEdition"] = FlatProfile.No(Reasons.Service),
        ["deviceManagementApplicabilityRuleOsVersion"] = FlatProfile.No(Reasons.Service),
        ["deviceManagementApplicabilityRuleDeviceMode"] = FlatProfile.No(Reasons.Service),
    };

    public static void Read(GraphObject ring, ImportSheet sheet) => FlatProfile.Read(ring, sheet, Rules,
        // When a pause ends and a roll-back began is told, not set.
        "qualityUpdatesPauseExpiryDateTime", "featureUpdatesPauseExpiryDateTime", "qualityUpdatesRollbackStartDateTime", "featureUpdatesRollbackStartDateTime");

    private static PropertyRule Day(string path) => (sheet, row, value) =>
    {
        var text = FlatProfile.TextOf(value) ?? "";
        sheet.Write(row, path, text.Split('T')[0], change: text.Contains('T', StringComparison.Ordinal) ? Reasons.Spelling(Csp.SettingChanges.Spelling) : null);
    };

    private static void Schedule(ImportSheet sheet, ImportRow row, JsonElement value)
    {
        var mark = sheet.Count;
        foreach (var part in GraphObject.Of(value, row.Name).Properties().Where(part => FlatProfile.TextOf(part.Value) is not null))
        {
            var own = sheet.Begin(part.Name, 1);
            own.Value = FlatProfile.TextOf(part.Value);
            switch (part.Name.ToUpperInvariant())
            {
                case "ACTIVEHOURSSTART": Hour(sheet, own, Update + "ActiveHoursStart"); break;
                case "ACTIVEHOURSEND": Hour(sheet, own, Update + "ActiveHoursEnd"); break;
                case "SCHEDULEDINSTALLTIME": Hour(sheet, own, Update + "ScheduledInstallTime"); break;
                case "SCHEDULEDINSTALLDAY":
                    FlatProfile.Choose(sheet, own, Update + "ScheduledInstallDay", own.Value!, ("userDefined", null), ("noScheduledScan", null), ("everyday", "0"), ("sunday", "1"), ("monday", "2"),
                        ("tuesday", "3"), ("wednesday", "4"), ("thursday", "5"), ("friday", "6"), ("saturday", "7"));
                    break;
                default: own.Refuse(Reasons.Unknown(part.Name)); break;
            }
        }
        (row.State, row.Reason) = (sheet.IsTakenSince(mark) ? ImportState.Accepted : ImportState.NotSupported, Reasons.Holds);
    }

    private static void Hour(ImportSheet sheet, ImportRow row, string path)
    {
        if (!TimeSpan.TryParse(row.Value, CultureInfo.InvariantCulture, out var time) || time < TimeSpan.Zero || time >= TimeSpan.FromDays(1))
        {
            row.Refuse(Reasons.BadProperty(row.Value ?? ""));
            return;
        }
        sheet.Write(row, path, time.Hours.ToString(CultureInfo.InvariantCulture), change: time == TimeSpan.FromHours(time.Hours) ? null : Reasons.WholeHours);
    }

    /// <summary>In which weeks of a month a scheduled installation may happen: a policy for each.</summary>
    private static void Weeks(ImportSheet sheet, ImportRow row, JsonElement value)
    {
        var words = (FlatProfile.TextOf(value) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var word in words)
        {
            var name = word.ToUpperInvariant() switch { "EVERYWEEK" => "EveryWeek", "FIRSTWEEK" => "FirstWeek", "SECONDWEEK" => "SecondWeek", "THIRDWEEK" => "ThirdWeek", "FOURTHWEEK" => "FourthWeek", _ => null };
            if (name is null)
            {
                row.Refuse(Reasons.BadProperty(word));
                return;
            }
            if (word == words[0])
            {
                sheet.Write(row, $"{Update}ScheduledInstall{name}", "1");
            }
            else
            {
                sheet.Require($"{Update}ScheduledInstall{name}", "1", row.Name);
            }
        }
    }
}
