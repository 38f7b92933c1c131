using System.Diagnostics;
using System.Text;
using Deskward.Protocol.Tests;
using Xunit;

namespace Deskward.Protocol.Csp;

public sealed class SettingCheckTests
{
    private const string Config = "./Device/Vendor/MSFT/Policy/Config/";
    private const string Firewall = "./Vendor/MSFT/Firewall/MdmStore/";

    private static readonly Catalogue Catalogue = Catalogue.Default;

    [Theory]
    [InlineData(Config + "Defender/PUAProtection", "1", "int", "1")] // enumeration
    [InlineData(Config + "Defender/PUAProtection", " 01 ", "int", "1")]
    [InlineData(Config + "Defender/CloudExtendedTimeout", "50", "int", "50")] // range
    [InlineData(Config + "Bluetooth/SetMinimumEncryptionKeySize", "0", "int", "0")] // the default, outside its own range
    [InlineData(Firewall + "FirewallRules/R/Profiles", "6", "int", "6")] // flags
    [InlineData(Firewall + "FirewallRules/R/Profiles", "2147483647", "int", "2147483647")]
    [InlineData(Firewall + "FirewallRules/R/Direction", "out", "chr", "OUT")]
    [InlineData(Firewall + "FirewallRules/R/LocalPortRanges", "80,443,5000-5010", "chr", "80,443,5000-5010")] // list of a pattern
    [InlineData(Firewall + "DomainProfile/EnableFirewall", "TRUE", "bool", "true")]
    [InlineData(Firewall + "DomainProfile/EnableFirewall", "0", "bool", "false")]
    [InlineData("./Vendor/MSFT/Personalization/CompanyName", "Contoso", "chr", "Contoso")] // pattern
    [InlineData(Config + "UserRights/DenyLocalLogOn", "*S-1-5-32-546&#xF000;Guest", "chr", "*S-1-5-32-546\uF000Guest")]
    [InlineData(Config + "Connectivity/DiablePrintingOverHTTP", " <Disabled /> ", "chr", "<disabled/>")]
    [InlineData("./Device/Vendor/MSFT/RootCATrustedCertificates/Root/AB/EncodedCertificate", "QUJD\r\n REVG", "b64", "QUJDREVG")]
    [InlineData("./Device/Vendor/MSFT/DevicePreparation/PageSettings", "{\"a\":[1]}", "chr", "{\"a\":[1]}")]
    [InlineData(Firewall + "FirewallRules/R/LocalUserAuthorizedList", "O:LSD:(A;;CC;;;S-1-5-84-0-0-0-0-0)", "chr", "O:LSD:(A;;CC;;;S-1-5-84-0-0-0-0-0)")]
    [InlineData(Config + "Edge~Policy~microsoft_edge/HomepageLocation", "<enabled/>", "chr", "<enabled/>")] // of an ingested template
    public void A_right_value_comes_back_in_canonical_form(string path, string value, string format, string canonical)
    {
        var setting = Assert.IsType<CheckedSetting>(Catalogue.Check(path, null, value));
        Assert.Equal((path, format, canonical), (setting.Path, setting.Format, setting.Value));
    }

    [Theory]
    [InlineData(Config + "Defender/PUAProtection", "3", RefusalReason.NotInList, "0, 1, 2")]
    [InlineData(Config + "Defender/PUAProtection", "on", RefusalReason.WrongType, "0, 1, 2")]
    [InlineData(Config + "Defender/CloudExtendedTimeout", "51", RefusalReason.OutOfRange, "[0-50]")]
    [InlineData(Config + "Defender/CloudExtendedTimeout", "99999999999999999999", RefusalReason.WrongType, "[0-50]")]
    [InlineData(Firewall + "FirewallRules/R/Direction", "both", RefusalReason.NotInList, "IN, OUT")]
    [InlineData(Firewall + "FirewallRules/R/LocalPortRanges", "80,http", RefusalReason.NoMatch, "^[0-9,-]+$")]
    [InlineData(Firewall + "DomainProfile/EnableFirewall", "maybe", RefusalReason.WrongType, "false, true")]
    [InlineData("./Device/Vendor/MSFT/RootCATrustedCertificates/Root/AB/EncodedCertificate", "no base64!", RefusalReason.WrongType, "base64")]
    [InlineData("./Device/Vendor/MSFT/DevicePreparation/PageSettings", "{", RefusalReason.BadJson, "JSON")]
    [InlineData(Firewall + "FirewallRules/R/LocalUserAuthorizedList", "everybody", RefusalReason.BadSddl, "SDDL")]
    [InlineData("./Device/Vendor/MSFT/VPNv2/Home/ProfileXML", "<VPNProfile>", RefusalReason.BadXml, "<VPNProfile>")]
    [InlineData("./Device/Vendor/MSFT/VPNv2/Home/ProfileXML", "<Other/>", RefusalReason.BadXml, "<VPNProfile>")]
    public void A_wrong_value_is_refused_with_what_is_allowed(string path, string value, RefusalReason reason, string allowed)
    {
        var refusal = Assert.IsType<SettingRefusal>(Catalogue.Check(path, null, value));
        Assert.Equal((reason, path, value, allowed), (refusal.Reason, refusal.Path, refusal.Value, refusal.Allowed));
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Firewall + "FirewallRules", "", RefusalReason.NotASetting)]
    [InlineData("./DevDetail/SwV", "10", RefusalReason.ReadOnly)]
    [InlineData("./Device/Vendor/MSFT/Reboot/RebootNow", "", RefusalReason.Action)]
    [InlineData(Firewall + "FirewallRules/{FirewallRuleName}/Name", "x", RefusalReason.PlaceholderInPath)]
    [InlineData(Firewall + "FirewallRules/a%7Cb/Name", "x", RefusalReason.NameNotAllowed)]
    [InlineData(Firewall + "FirewallRules/*/Name", "x", RefusalReason.NameNotAllowed)]
    [InlineData(Config + "Defender/PUAProtection?list=Struct", "1", RefusalReason.UnknownPath)]
    [InlineData(Config + "Defender/PUAProtection", "1\0", RefusalReason.BadCharacter)]
    public void What_is_no_setting_is_refused_for_its_own_reason(string path, string value, RefusalReason reason) =>
        Assert.Equal(reason, Assert.IsType<SettingRefusal>(Catalogue.Check(path, null, value)).Reason);

    [Fact]
    public void Half_a_character_is_refused_before_anything_else() =>
        Assert.Equal(RefusalReason.BadCharacter, Assert.IsType<SettingRefusal>(Catalogue.Check(Config + "Defender/PUAProtection", null, "\uD800")).Reason);

    [Fact]
    public void An_action_takes_its_argument_and_nothing_else_does()
    {
        Assert.Equal("", Assert.IsType<CheckedSetting>(Catalogue.CheckAction("./Vendor/MSFT/Reboot/RebootNow", "null", "")).Value);
        Assert.IsType<CheckedSetting>(Catalogue.CheckAction("./Device/Vendor/MSFT/Defender/Scan", "chr", "1"));
        var refusal = Assert.IsType<SettingRefusal>(Catalogue.CheckAction(Config + "Defender/PUAProtection", null, "1"));
        Assert.Equal(RefusalReason.NotAnAction, refusal.Reason);
    }

    [Fact]
    public void A_stated_format_must_be_the_nodes()
    {
        Assert.IsType<CheckedSetting>(Catalogue.Check(Config + "Defender/PUAProtection", "INT", "1"));
        var refusal = Assert.IsType<SettingRefusal>(Catalogue.Check(Config + "Defender/PUAProtection", "chr", "1"));
        Assert.Equal((RefusalReason.WrongFormat, "int"), (refusal.Reason, refusal.Allowed));
    }

    [Theory]
    [InlineData(Config + "Defender/PUAProtectin", Config + "Defender/PUAProtection")]
    [InlineData(Config + "Defendr/PUAProtection", Config + "Defender/PUAProtection")]
    [InlineData("./Device/Vendor/MSFT/PUAProtection", Config + "Defender/PUAProtection")]
    [InlineData(".Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection", Config + "Defender/PUAProtection")]
    [InlineData("./User/Vendor/MSFT/Policy/Config/Defender/PUAProtection", Config + "Defender/PUAProtection")]
    [InlineData(@".\Device\Vendor\MSFT\Policy\Config\Defender\PUAProtection", Config + "Defender/PUAProtection")]
    [InlineData("./Device/Vendor/MSFT/Firewall/MdmStore/FirewallRules/Rule1/Actions/Type", Firewall + "FirewallRules/Rule1/Action/Type")]
    public void A_wrong_path_is_refused_with_the_nearest_that_exists(string path, string nearest)
    {
        var refusal = Assert.IsType<SettingRefusal>(Catalogue.Check(path, null, "1"));
        Assert.Equal((RefusalReason.UnknownPath, nearest), (refusal.Reason, refusal.Nearest));
        Assert.Equal(new SettingRepair(nearest, "1"), refusal.Repair);
        Assert.Contains(nearest, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_like_none_has_no_nearest() => Assert.Null(Assert.IsType<SettingRefusal>(Catalogue.Check("./qqqqqqqqqqqqqqqqqqqqqqqqqqqq", null, "")).Nearest);

    [Fact]
    public void Surrounding_quotes_are_taken_off_only_where_the_value_needs_it()
    {
        var setting = Assert.IsType<CheckedSetting>(Catalogue.Check(Config + "Defender/PUAProtection", null, "\"1\""));
        Assert.Equal(("1", SettingChanges.Quotes), (setting.Value, setting.Changes));
        var text = Assert.IsType<CheckedSetting>(Catalogue.Check("./Vendor/MSFT/NetworkProxy/SetupScriptUrl", null, "\"quoted\""));
        Assert.Equal("\"quoted\"", text.Value);
    }

    [Fact]
    public void A_hostile_value_is_refused_quickly_and_without_an_exception()
    {
        string[] values = [new('9', 500_000), new('<', 500_000), "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", new('(', 100_000), new('"', 100_000), "\u202E\uFFFD"];
        var start = Stopwatch.GetTimestamp();
        foreach (var node in Catalogue.Nodes.DistinctBy(node => (node.Format, node.Allowed.Kind, node.Allowed.Delimiter)))
        {
            var path = node.Path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
            Assert.All(values, value => Assert.NotNull(Catalogue.Check(path, null, value)));
        }
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_pattern_that_backtracks_does_not_hold_up_the_check()
    {
        var start = Stopwatch.GetTimestamp();
        Assert.False(ValueRule.Matches("(a+)+b", new string('a', 50_000)));
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Of_the_published_baseline_252_are_accepted_and_five_refused_with_the_repair()
    {
        var report = TsvCheck.Run(Text(SharedFiles.Bytes("reference/security-baseline.tsv")));
        Assert.Equal((252, 5), (report.Accepted, report.Refused));
        Assert.Equal(9, report.Verdicts.Count(one => one.Verdict is CheckedSetting setting && setting.Changes.HasFlag(SettingChanges.Boolean)));
        Assert.Equal(
            [
                Config + "System/ConfigureTelemetryOptInSettingsUx = 0",
                Config + "InternetExplorer/InternetZoneNavigateWindowsAndFrames = <enabled/><data id=\"IZ_Partname1607\" value=\"3\"/>",
                Config + "InternetExplorer/SecurityZonesUseOnlyMachineSettings = <enabled/>",
                Config + "InternetExplorer/DisableSecuritySettingsCheck = <disabled/>",
                Config + "WindowsLogon/DontDisplayNetworkSelectionUI = <disabled/>",
            ],
            report.Verdicts.Select(one => one.Verdict).OfType<SettingRefusal>().Select(refusal => $"{refusal.Repair?.Path} = {refusal.Repair?.Value}"));
    }

    [Fact]
    public void A_doubled_quote_is_named()
    {
        var refusal = Assert.IsType<SettingRefusal>(Catalogue.Check(Config + "InternetExplorer/InternetZoneNavigateWindowsAndFrames", null,
            "<Enabled/><Data ID=\"IZ_Partname1607\"\" value=\"3\"/>"));
        Assert.Contains("a quote too many", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("character 37", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_257_settings_of_the_shipped_baseline_pass_as_they_stand()
    {
        var root = SharedFiles.Root();
        Assert.SkipWhen(root is null, "the tests run outside the repository");
        using var file = File.OpenText(Path.Combine(root!, "src", "Deskward", "Policies", "security-baseline.tsv"));
        var report = TsvCheck.Run(file);
        Assert.Equal((257, 0), (report.Accepted, report.Refused));
        Assert.All(report.Verdicts, one => Assert.Equal(SettingChanges.None, Assert.IsType<CheckedSetting>(one.Verdict).Changes));
        Assert.Equal(2, report.Verdicts.Count(one => one.Verdict is CheckedSetting { Node.Scope: NodeScope.User }));
    }

    private static StringReader Text(byte[] bytes) => new(Encoding.UTF8.GetString(bytes));
}
