using Xunit;

namespace Deskward.Protocol.Csp;

public sealed class CanonicalValueTests
{
    private const string Boolean = "./Vendor/MSFT/Firewall/MdmStore/DomainProfile/EnableFirewall";
    private const string Number = "./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection";
    private const string Unsigned = "./Device/Vendor/MSFT/Policy/Config/DeliveryOptimization/DOMaxCacheAge";
    private const string Words = "./Vendor/MSFT/Firewall/MdmStore/FirewallRules/R/Direction";
    private const string Admx = "./Device/Vendor/MSFT/Policy/Config/Autoplay/TurnOffAutoPlay";
    private const string Xml = "./Device/Vendor/MSFT/VPNv2/Home/ProfileXML";
    private const string List = "./Device/Vendor/MSFT/Policy/Config/UserRights/DenyLocalLogOn";
    private const string Base64 = "./Device/Vendor/MSFT/RootCATrustedCertificates/Root/AB/EncodedCertificate";
    private const string Free = "./Vendor/MSFT/NetworkProxy/SetupScriptUrl";
    private const string Document = "./Device/Vendor/MSFT/Policy/Config/ExploitGuard/ExploitProtectionSettings";

    [Theory]
    [InlineData(Boolean, "true", "True")]
    [InlineData(Boolean, "true", "1")]
    [InlineData(Number, "1", " 01\n")]
    [InlineData(Number, "1", "0x1")]
    [InlineData("./Device/Vendor/MSFT/DevicePreparation/PageSettings", "{\"a\":[1,2]}", " { \"a\": [1, 2] }\n")]
    [InlineData(Unsigned, "4294967295", "-1")]
    [InlineData(Words, "OUT", "out")]
    [InlineData("./User/Vendor/MSFT/ActiveSync/Accounts/{Account GUID}/Options/Logging", "1", "+1")]
    [InlineData(Admx, "<enabled/><data id=\"a\" value=\"1\"/><data id=\"b\" value=\"true\"/>", "<Enabled />\r\n<Data value='True' ID='B'></Data><data id=\"A\" value=\"&#49;\" />")]
    [InlineData(Xml, "<VPNProfile a=\"1\" b=\"2\"><X>y z</X></VPNProfile>", "<?xml version=\"1.0\"?>\n<vpnprofile b='2' a='1'>\n  <x> y\n z </x>\n</vpnprofile>")]
    [InlineData(List, "*S-1-5-32-546\uF000Guest", "guest\uF000*S-1-5-32-546\uF000")]
    [InlineData(Base64, "QUJDREVG", "QUJD\r\nREVG\r\n")]
    [InlineData(Free, "a\r\nb", "a\nb")]
    [InlineData(Document, "<MitigationPolicy><SystemConfig/></MitigationPolicy>", "<MitigationPolicy>\n <SystemConfig></SystemConfig>\n</MitigationPolicy>")]
    [InlineData(Free, "", null)]
    [InlineData("./Nowhere", "x", "x")]
    public void What_means_the_same_is_the_same(string path, string? wanted, string? reported)
    {
        var node = Catalogue.Default.Find(path);
        Assert.True(CanonicalValue.Same(node, wanted, reported));
        Assert.True(CanonicalValue.Same(node, reported, wanted));
    }

    [Theory]
    [InlineData(Boolean, "true", "false")]
    [InlineData(Number, "1", "2")]
    [InlineData(Number, "1", "")]
    [InlineData(Number, "1", "4294967297")]
    [InlineData(Words, "OUT", "IN")]
    [InlineData(Admx, "<enabled/>", "<disabled/>")]
    [InlineData(Admx, "<enabled/><data id=\"a\" value=\"1\"/>", "<enabled/>")]
    [InlineData(Admx, "<enabled/><data id=\"a\" value=\"x\"/>", "<enabled/><data id=\"a\" value=\"X\"/>")]
    [InlineData(Xml, "<VPNProfile><X>1</X></VPNProfile>", "<VPNProfile><X>2</X></VPNProfile>")]
    [InlineData(Xml, "<VPNProfile><X/><Y/></VPNProfile>", "<VPNProfile><Y/><X/></VPNProfile>")]
    [InlineData(Xml, "<VPNProfile/>", "<VPNProfile x='1'/>")]
    [InlineData(List, "a\uF000b", "a")]
    [InlineData(Base64, "QUJD", "QUJE")]
    [InlineData(Free, "Http://X", "http://x")]
    [InlineData(Free, "x", null)]
    [InlineData("./Nowhere", "x", "X")]
    public void What_means_something_else_is_not_the_same(string path, string? wanted, string? reported)
    {
        var node = Catalogue.Default.Find(path);
        Assert.False(CanonicalValue.Same(node, wanted, reported));
        Assert.False(CanonicalValue.Same(node, reported, wanted));
    }

    [Fact]
    public void No_value_makes_it_throw()
    {
        string?[] values = [null, "", "<", "<a", "</a>", "<enabled/><data id=\"a\" value=\"1\"/><data id=\"a\" value=\"2\"/>", "\0", "\uD800", "&", new('<', 100_000), "<a>" + new string('b', 100_000), "99999999999999999999"];
        foreach (var node in Catalogue.Default.Nodes.DistinctBy(node => (node.Format, node.Allowed.Kind, node.Allowed.Delimiter)))
        {
            Assert.All(values, wanted => Assert.All(values, reported => Assert.Equal((wanted ?? "") == (reported ?? ""), CanonicalValue.Same(node, wanted, reported))));
        }
    }
}
