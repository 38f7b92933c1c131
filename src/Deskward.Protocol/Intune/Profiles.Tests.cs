using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Deskward.Protocol.Admx;
using Deskward.Protocol.Csp;
using Xunit;
using static Deskward.Protocol.Intune.Exports;

namespace Deskward.Protocol.Intune;

public sealed class ProfileTests
{
    private const string Update = "./Device/Vendor/MSFT/Policy/Config/Update/";

    private static (string, string)[] Wanted(ImportedPolicy policy) => [.. policy.Lines.Select(line => (line.Path, line.Value))];

    [Fact]
    public void An_update_ring_becomes_policies_of_the_area_Update()
    {
        var policy = Read(Profile("windowsUpdateForBusinessConfiguration", ("version", 3), ("automaticUpdateMode", "autoInstallAtMaintenanceTime"), ("driversExcluded", true), ("qualityUpdatesDeferralPeriodInDays", 5),
            ("userPauseAccess", "disabled"), ("updateNotificationLevel", "notConfigured"), ("updateWeeks", "firstWeek, thirdWeek"), ("qualityUpdatesPauseStartDate", "2026-03-01T00:00:00Z"),
            ("featureUpdatesPauseExpiryDateTime", "0001-01-01T00:00:00Z"), ("engagedRestartDeadlineInDays", null)));
        Assert.Equal([(Update + "AllowAutoUpdate", "1"), (Update + "ExcludeWUDriversInQualityUpdate", "1"), (Update + "DeferQualityUpdatesPeriodInDays", "5"), (Update + "SetDisablePauseUXAccess", "1"),
            (Update + "ScheduledInstallFirstWeek", "1"), (Update + "ScheduledInstallThirdWeek", "1"), (Update + "PauseQualityUpdatesStartTime", "2026-03-01")], Wanted(policy));
        Assert.Equal((7, 6, 1), (policy.Settings.Count, policy.Count(ImportState.Accepted), policy.Count(ImportState.Changed)));
    }

    [Fact]
    public void Hours_of_a_ring_are_settings_of_their_own()
    {
        var hours = new JsonObject { ["@odata.type"] = "#microsoft.graph.windowsUpdateActiveHoursInstall", ["activeHoursStart"] = "08:00:00.0000000", ["activeHoursEnd"] = "17:30:00.0000000" };
        var policy = Read(Profile("windowsUpdateForBusinessConfiguration", ("qualityUpdatesDeferralPeriodInDays", 40), ("installationSchedule", hours), ("newThing", true)));
        Assert.Equal([(Update + "ActiveHoursStart", "8"), (Update + "ActiveHoursEnd", "17")], Wanted(policy));
        Assert.Equal([ImportState.NotSupported, ImportState.Accepted, ImportState.Accepted, ImportState.Changed, ImportState.NotSupported], policy.Settings.Select(setting => setting.State));
        Assert.Contains("out of range", policy.Settings[0].Reason, StringComparison.Ordinal);
        Assert.Equal("Windows takes whole hours.", policy.Settings[3].Reason);
    }

    [Fact]
    public void A_driver_profile_says_what_a_PC_can_be_told()
    {
        var policy = Read(Profile("windowsDriverUpdateProfile", ("approvalType", "manual"), ("deploymentDeferralInDays", 7), ("newUpdates", 12)));
        Assert.Equal([(Update + "ExcludeWUDriversInQualityUpdate", "1")], Wanted(policy));
        Assert.Equal([ImportState.Changed, ImportState.NotSupported], policy.Settings.Select(setting => setting.State));
    }

    [Fact]
    public void Health_monitoring_becomes_its_two_policies()
    {
        var policy = Read(Profile("windowsHealthMonitoringConfiguration", ("allowDeviceHealthMonitoring", "enabled"), ("configDeviceHealthMonitoringScope", "bootPerformance,windowsUpdates"), ("configDeviceHealthMonitoringCustomScope", null)));
        Assert.Equal([("./Device/Vendor/MSFT/Policy/Config/DeviceHealthMonitoring/AllowDeviceHealthMonitoring", "1"),
            ("./Device/Vendor/MSFT/Policy/Config/DeviceHealthMonitoring/ConfigDeviceHealthMonitoringScope", "BootPerformance,WindowsUpdates")], Wanted(policy));
        Assert.Equal([ImportState.Accepted, ImportState.Changed], policy.Settings.Select(setting => setting.State));
    }

    [Fact]
    public void Rules_of_compliance_are_named_and_set_nothing()
    {
        var actions = new JsonArray(new JsonObject { ["scheduledActionConfigurations"] = new JsonArray(new JsonObject { ["actionType"] = "block", ["gracePeriodHours"] = 24 }) });
        var policy = Read(Profile("windows10CompliancePolicy", ("bitLockerEnabled", true), ("tpmRequired", false), ("osMinimumVersion", "10.0.22621"), ("scheduledActionsForRule", actions)));
        Assert.Empty(policy.Lines);
        Assert.Equal([("bitLockerEnabled", ImportState.NotSupported), ("tpmRequired", ImportState.Accepted), ("osMinimumVersion", ImportState.NotSupported), ("block", ImportState.NotSupported)],
            policy.Settings.Select(setting => (setting.Name, setting.State)));
        Assert.Equal("24 h", policy.Settings[3].Value);
    }

    [Fact]
    public void A_custom_profile_is_taken_by_its_addresses()
    {
        JsonObject Oma(string type, string path, JsonNode value) => new() { ["@odata.type"] = "#microsoft.graph.omaSetting" + type, ["displayName"] = type, ["omaUri"] = path, ["value"] = value };
        var policy = Read(Profile("windows10CustomConfiguration", ("omaSettings", new JsonArray(
            Oma("Integer", "./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera", 0), Oma("Boolean", "./vendor/msft/firewall/MdmStore/PublicProfile/EnableFirewall", true),
            Oma("String", "./Device/Vendor/MSFT/Policy/Config/Update/ActiveHoursStart", "8"), Oma("String", "./Device/Vendor/MSFT/NoSuchNode", "8"),
            Oma("StringXml", "./Device/Vendor/MSFT/Policy/Config/LocalUsersAndGroups/Configure", Convert.ToBase64String(Encoding.UTF8.GetBytes("\uFEFF<GroupConfiguration/>"))), Oma("String", "./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera", "****")))));
        Assert.Equal([ImportState.Accepted, ImportState.Changed, ImportState.Changed, ImportState.NotSupported, ImportState.Accepted, ImportState.NotSupported], policy.Settings.Select(setting => setting.State));
        Assert.Equal(["0", "true", "8", "<GroupConfiguration/>"], policy.Lines.Select(line => line.Value));
    }

    [Theory]
    [InlineData("./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera\t0")]
    [InlineData("# mine\r\n\r\nCamera\t./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera\tint\t0\r\n")]
    [InlineData("Name,OMA-URI,Data type,Value,Owner\n\"Camera, \"\"the\"\" one\",./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera,Integer,0,me\n")]
    [InlineData("Wert;Value;LocURI\nx;0;./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera")]
    public void A_table_is_read_with_and_without_titles(string text)
    {
        var policy = Assert.Single(ReadText(text, "my settings.csv"));
        Assert.Equal([("./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera", "0")], Wanted(policy));
        Assert.Equal(("my settings", ImportedKind.SettingTable, ImportState.Accepted), (policy.Name, policy.Kind, policy.Settings.Single().State));
    }

    [Fact]
    public void A_payload_with_quotes_in_a_table_of_tabs_is_one_value()
    {
        const string Path = "./Device/Vendor/MSFT/Policy/Config/Autoplay/TurnOffAutoPlay", Value = "<enabled/><data id=\"Autorun_Box\" value=\"255\"/>";
        Assert.Equal([(Path, Value)], Wanted(ReadText($"{Path}\t{Value}").Single()));
        Assert.Equal([(Path, Value)], Wanted(ReadText($"name\tpath\tvalue\nAutoplay\t{Path}\t\"{Value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"").Single()));
    }

    [Fact]
    public void A_line_without_a_value_and_a_quote_that_is_not_closed_are_told()
    {
        var policy = ReadText("path,value\n./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera,0\n./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera\n").Single();
        Assert.Equal([ImportState.Accepted, ImportState.NotSupported], policy.Settings.Select(setting => setting.State));
        Assert.Equal("Line 2: a quotation mark is not closed.", Refused("path,value\n\"./Device"));
    }

    [Fact]
    public void What_is_exported_imports_as_the_same_settings() => Gen.Select(Gen.Int[0, Samples.Length - 1], Gen.Bool).Array[1, 12].Sample(picked =>
    {
        var lines = picked.DistinctBy(one => Samples[one.Item1].Path).Select(one => Samples[one.Item1] with { IsOverridable = one.Item2 }).ToArray();
        using var json = new MemoryStream();
        CustomProfile.Write(json, "Round", "trip", lines);
        Assert.Equal(lines, ImportReader.Read("a.json", json.ToArray(), AdmxLibrary.Empty).Single().Lines);
        Assert.Equal(lines, ImportReader.Read("a.csv", Encoding.UTF8.GetBytes(OmaUriTable.Write(lines)), AdmxLibrary.Empty).Single().Lines);
    });

    [Fact]
    public void A_secret_leaves_with_no_export()
    {
        ImportedLine[] lines = [new("./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera", "int", "0", "pin") { IsSecret = true }];
        using var json = new MemoryStream();
        CustomProfile.Write(json, "Round", "trip", lines);
        var (profile, table) = (ReadText(Encoding.UTF8.GetString(json.ToArray())).Single(), ReadText(OmaUriTable.Write(lines)).Single());
        Assert.Equal(profile.Settings.Single().Reason, table.Settings.Single().Reason);
        Assert.Empty(profile.Lines.Concat(table.Lines));
        Assert.True(ReadText("path,value,secret\n./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera,0,yes").Single() is { Lines: [{ IsSecret: true, Value: "0" }], Settings: [{ Value: null }] });
    }

    /// <summary>A setting for nodes of every format and rule: their defaults, their first value, and texts that are hard to write.</summary>
    private static readonly ImportedLine[] Samples = [.. Catalogue.Default.Nodes.Where(node => node.IsSetting && !node.Path.Contains('{', StringComparison.Ordinal))
        .SelectMany(node => new[] { node.DefaultValue, node.Allowed.Values.Count > 0 ? node.Allowed.Values[0] : null, "<enabled/><data id=\"a\" value=\"x&#xF000;&quot;y&quot;\"/>", "=1+1", "'-x", "a,\"b\";\t\r\n中 ", "-1" }
            .Where(value => value is not null).Select(value => Catalogue.Default.Check(node.Path, null, value!)).OfType<CheckedSetting>().Take(3))
        .Select((setting, at) => new ImportedLine(setting.Path, setting.Format, setting.Value, at % 3 == 0 ? "=cmd" : $"Setting {at}"))];
}
