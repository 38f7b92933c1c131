using System.Text.Json.Nodes;
using Deskward.Protocol.Admx;
using Xunit;
using static Deskward.Protocol.Intune.Exports;

namespace Deskward.Protocol.Intune;

public sealed class SettingsCatalogueTests
{
    private const string Rule = "vendor_msft_firewall_mdmstore_firewallrules_{firewallrulename}";
    private const string Asr = Device + "defender_attacksurfacereductionrules";
    private const string Recovery = "device_vendor_msft_bitlocker_systemdrivesrecoveryoptions";
    private const string Pages = "user_vendor_msft_policy_config_fabrikamv7~policy~browser~start_page_pages";
    private static readonly AdmxLibrary Library = new([Exports.Browser]);

    private static (string, string)[] Wanted(ImportedPolicy policy) => [.. policy.Lines.Select(line => (line.Path, line.Value))];

    private static ImportState[] States(ImportedPolicy policy) => [.. policy.Settings.Select(setting => setting.State)];

    [Fact]
    public void A_choice_a_number_a_text_and_a_list_become_values()
    {
        var policy = Read(Policy(
            Choice(Device + "camera_allowcamera", "0"),
            Choice("vendor_msft_firewall_mdmstore_publicprofile_enablefirewall", "true", Simple("vendor_msft_firewall_mdmstore_publicprofile_logmaxfilesize", 16384, "Integer")),
            Simple(Device + "update_configuredeadlinegraceperiod", 2, "Integer"),
            Collection(Device + "userrights_changetimezone", "*S-1-5-19", "*S-1-5-32-544")));
        Assert.Equal([
            ("./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera", "0"), ("./Vendor/MSFT/Firewall/MdmStore/PublicProfile/EnableFirewall", "true"),
            ("./Vendor/MSFT/Firewall/MdmStore/PublicProfile/LogMaxFileSize", "16384"), ("./Device/Vendor/MSFT/Policy/Config/Update/ConfigureDeadlineGracePeriod", "2"),
            ("./Device/Vendor/MSFT/Policy/Config/UserRights/ChangeTimeZone", "*S-1-5-19\uF000*S-1-5-32-544")], Wanted(policy));
        Assert.All(States(policy), state => Assert.Equal(ImportState.Accepted, state));
        Assert.Equal([0, 0, 1, 0, 0], policy.Settings.Select(setting => setting.Depth));
        Assert.Equal(("Sample", "Of a test", ImportedKind.SettingsCatalogue), (policy.Name, policy.Description, policy.Kind));
    }

    [Fact]
    public void Elements_become_the_payload_of_their_policy()
    {
        var policy = Read(Policy(Choice(Recovery, "1", Choice(Recovery + "_oshiderecoverypage_name", "1"), Choice(Recovery + "_osrecoverykeyusagedropdown_name", "2"))));
        Assert.Equal([("./Device/Vendor/MSFT/BitLocker/SystemDrivesRecoveryOptions",
            "<enabled/><data id=\"OSHideRecoveryPage_Name\" value=\"true\"/><data id=\"OSRecoveryKeyUsageDropDown_Name\" value=\"2\"/>")], Wanted(policy));
        Assert.Equal(3, policy.Count(ImportState.Accepted));
        Assert.All(policy.Settings, setting => Assert.Equal("./Device/Vendor/MSFT/BitLocker/SystemDrivesRecoveryOptions", setting.LocUri));
        Assert.Equal([("./Device/Vendor/MSFT/BitLocker/SystemDrivesRecoveryOptions", "<disabled/>")], Wanted(Read(Policy(Choice(Recovery, "0")))));
    }

    [Fact]
    public void A_policy_whose_elements_are_not_known_waits_for_its_template_with_all_of_them()
    {
        const string Layer = Device + "admx_terminalserver_ts_security_layer_policy";
        var policy = Read(Policy(Choice(Layer, "1", Choice(Layer + "_ts_security_layer", "2")), Choice(Pages, "1", Choice(Pages + "_pagessync", "1")), Choice(Device + "wslv1~policy~wsl_allowwsl1", "0")));
        Assert.Equal(5, policy.Count(ImportState.NeedsAdmx));
        Assert.Empty(policy.Lines);
        Assert.Equal(["terminalserver.admx", "fabrikamv7", "wslv1"], policy.Settings.Where(setting => setting.Depth == 0).Select(setting => setting.Template!.ToLowerInvariant()));
    }

    [Fact]
    public void With_its_template_the_policy_is_written_and_the_template_ingested()
    {
        var policy = Read(Policy(Choice(Pages, "1",
            Choice(Pages + "_pagessync", "0"), Choice(Pages + "_pagesopen", "alltabs"), Simple(Pages + "_pagesmost", 7, "Integer"), Simple(Pages + "_pagestitle", "Start & go"),
            Collection(Pages + "_pagesnotes", "one", "two"), Collection(Pages + "_pageslist", "https://a", "https://b"),
            Group(Pages + "_pagesnamed", [Simple(Pages + "_pagesnamed_key", "Intranet"), Simple(Pages + "_pagesnamed_value", "https://c")]))), Library);
        const string Payload = "<enabled/><data id=\"PagesSync\" value=\"false\"/><data id=\"PagesOpen\" value=\"AllTabs\"/><data id=\"PagesMost\" value=\"7\"/><data id=\"PagesTitle\" value=\"Start &amp; go\"/>"
            + "<data id=\"PagesNotes\" value=\"one&#xF000;two\"/><data id=\"PagesList\" value=\"1&#xF000;https://a&#xF000;2&#xF000;https://b\"/><data id=\"PagesNamed\" value=\"Intranet&#xF000;https://c\"/>";
        Assert.Equal([("./User/Vendor/MSFT/Policy/Config/FabrikamBrowser~Policy~Browser~Start_Page/Pages", Payload), (Exports.Browser.IngestionPath, Exports.Browser.Text)], Wanted(policy));
        Assert.Equal(10, policy.Count(ImportState.Accepted));
        Assert.Equal(10, policy.Settings.Count);
    }

    [Theory]
    [InlineData("_pagesmost", 21, "The element PagesMost takes a number from 1 to 20.")]
    [InlineData("_pagestitle", "A title too long", "The element PagesTitle takes at most 10 characters.")]
    [InlineData("_pagesopen", "never", "The element PagesOpen takes AllTabs, 4.")]
    [InlineData("_pagesother", "x", "The ADMX file has no such element")]
    public void A_wrong_element_keeps_its_policy_from_being_sent(string element, object value, string reason)
    {
        var policy = Read(Policy(Choice(Pages, "1", Simple(Pages + element, JsonValue.Create(value.ToString())!))), Library);
        Assert.Equal([ImportState.NotSupported, ImportState.NotSupported], States(policy));
        Assert.StartsWith(reason, policy.Settings[1].Reason, StringComparison.Ordinal);
        Assert.Contains("It is not sent, because", policy.Settings[0].Reason, StringComparison.Ordinal);
        Assert.Empty(policy.Lines);
    }

    [Fact]
    public void A_policy_for_PCs_alone_is_not_set_for_a_user()
    {
        var policy = Read(Policy(Choice("user_vendor_msft_policy_config_fabrikamv7~policy~browser_machineonly", "1"), Choice(Device + "fabrikamv7~policy~browser_machineonly", "1")), Library);
        Assert.Equal([ImportState.NotSupported, ImportState.Accepted], States(policy));
        Assert.Contains("for PCs, not for users", policy.Settings[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_of_attack_surface_reduction_become_one_value()
    {
        var policy = Read(Policy(Group(Asr, [Choice(Asr + "_useadvancedprotectionagainstransomware", "block"),
            Choice(Asr + "_blockrebootingmachineinsafemode", "warn", Collection(Asr + "_blockrebootingmachineinsafemode_perruleexclusions", "C:\\a.exe")), Choice(Asr + "_somethingnew", "block")])));
        Assert.Equal([("./Device/Vendor/MSFT/Policy/Config/Defender/AttackSurfaceReductionRules", "c1db55ab-c21a-4637-bb3f-a12568109d35=1|33ddedf1-c6e0-47cb-833e-de6133960387=6")], Wanted(policy));
        Assert.Equal([ImportState.Changed, ImportState.Accepted, ImportState.Accepted, ImportState.NotSupported, ImportState.NotSupported], States(policy));
    }

    [Fact]
    public void Each_firewall_rule_of_a_group_gets_nodes_of_its_own()
    {
        JsonNode[] One(string name) => [Simple(Rule + "_name", name), Choice(Rule + "_direction", "out"), Choice(Rule + "_action_type", "0"), Choices(Rule + "_profiles", "1", "4"), Collection(Rule + "_remoteaddressranges", "10.0.0.1", "10.0.0.2"), Choice(Rule + "_enabled", "1")];
        var policy = Read(Policy(Group(Rule, One("Block/this"), One("Block/this"))));
        Assert.Equal(13, policy.Count(ImportState.Accepted));
        Assert.Equal(12, policy.Lines.Count);
        Assert.Contains(("./Vendor/MSFT/Firewall/MdmStore/FirewallRules/Block-this/Direction", "OUT"), Wanted(policy));
        Assert.Contains(("./Vendor/MSFT/Firewall/MdmStore/FirewallRules/Block-this%202/Profiles", "5"), Wanted(policy));
        Assert.Contains(("./Vendor/MSFT/Firewall/MdmStore/FirewallRules/Block-this%202/RemoteAddressRanges", "10.0.0.1,10.0.0.2"), Wanted(policy));
    }

    [Fact]
    public void Members_of_local_groups_become_one_document()
    {
        const string Top = Device + "localusersandgroups_configure", Access = Top + "_groupconfiguration_accessgroup";
        var policy = Read(Policy(Group(Top, [Group(Access, [Choice(Access + "_userselectiontype", "manual", Collection(Access + "_users", "S-1-12-1-1", "CONTOSO\\a&b")),
            Choice(Access + "_action", "add_update"), Choices(Access + "_desc", "administrators")])])));
        Assert.Equal([("./Device/Vendor/MSFT/Policy/Config/LocalUsersAndGroups/Configure", "<GroupConfiguration><accessgroup desc=\"S-1-5-32-544\"><group action=\"U\"/>"
            + "<add member=\"S-1-12-1-1\"/><add member=\"CONTOSO\\a&amp;b\"/></accessgroup></GroupConfiguration>")], Wanted(policy));
        Assert.Equal(6, policy.Count(ImportState.Accepted));
    }

    [Fact]
    public void A_path_with_the_Entra_tenant_is_complete_when_that_is_given()
    {
        var json = Policy(Choice("device_vendor_msft_passportforwork_{tenantid}_policies_usepassportforwork", "true"));
        Assert.Contains("Entra tenant", Assert.Single(Read(json).Settings).Reason, StringComparison.Ordinal);
        const string Tenant = "11111111-2222-3333-4444-555555555555";
        Assert.Equal([($"./Device/Vendor/MSFT/PassportForWork/{Tenant}/Policies/UsePassportForWork", "true")], Wanted(Read(json, tenant: Tenant)));
    }

    [Fact]
    public void What_cannot_be_taken_says_why()
    {
        var policy = Read(Policy(
            Choice(Device + "camera_allowcamera", "7"), Simple(Device + "camera_neverheardof", "x"), Simple("device_vendor_msft_laps_policies_passwordlength", 5, "Integer"),
            Simple(Device + "userrights_changetimezone", "token", "Secret"), Simple(Device + "userrights_changetimezone", "id", "Reference"), Collection(Device + "camera_allowcamera", "0", "1")));
        Assert.All(States(policy), state => Assert.Equal(ImportState.NotSupported, state));
        Assert.Empty(policy.Lines);
        Assert.All(policy.Settings, setting => Assert.NotEmpty(setting.Reason!));
        Assert.Contains("allowed is 0, 1", policy.Settings[0].Reason, StringComparison.Ordinal);
        Assert.Contains("camera_neverheardof", policy.Settings[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_setting_twice_counts_once_and_another_value_is_refused()
    {
        var policy = Read(Policy(Choice(Device + "camera_allowcamera", "0"), Choice(Device + "camera_allowcamera", "0"), Choice(Device + "camera_allowcamera", "1")));
        Assert.Equal([ImportState.Accepted, ImportState.Changed, ImportState.NotSupported], States(policy));
        Assert.Equal([("./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera", "0")], Wanted(policy));
    }
}
