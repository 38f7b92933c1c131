using System.IO.Compression;
using System.Text;
using Deskward.Protocol.Tests;
using Xunit;

namespace Deskward.Protocol.Csp;

public sealed class CatalogueCompilerTests
{
    private const string Head = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE MgmtTree PUBLIC "-//X//Y" "http://example.invalid/x.dtd" [<?ddf-ver versions="1.2"?>]>
        <MgmtTree xmlns:MSFT="http://schemas.microsoft.com/MobileDevice/DM"><VerDTD>1.2</VerDTD>
        """;

    private const string Sample = Head + """
        <Node><NodeName>Lamp</NodeName><Path>./Vendor/MSFT</Path><DFProperties><AccessType><Get/></AccessType><DFFormat><node/></DFFormat>
        <Occurrence><One/></Occurrence><MSFT:Applicability><MSFT:OsBuildVersion>11.0.22621, 99.9.99999</MSFT:OsBuildVersion>
        <MSFT:EditionAllowList>0x4;0x30;0x88*;</MSFT:EditionAllowList></MSFT:Applicability></DFProperties>
        <Node><NodeName/><DFProperties><AccessType><Add/><Delete/><Get/></AccessType><DFFormat><node/></DFFormat><DFTitle>Room</DFTitle>
        <Occurrence><ZeroOrMore/></Occurrence><MSFT:DynamicNodeNaming><MSFT:UniqueName>prose</MSFT:UniqueName></MSFT:DynamicNodeNaming><MSFT:AtomicRequired/></DFProperties>
        <Node><NodeName>Level</NodeName><DFProperties><AccessType><Get/><Replace/></AccessType><DefaultValue> 5 </DefaultValue><Description>secret prose</Description>
        <DFFormat><int/></DFFormat><Occurrence><ZeroOrOne/></Occurrence><MSFT:AllowedValues ValueType="Range"><MSFT:Value>[0-10],[20-30]</MSFT:Value></MSFT:AllowedValues>
        <MSFT:RebootBehavior>Automatic</MSFT:RebootBehavior><MSFT:Deprecated OsBuildDeprecated="10.0.22000"/></DFProperties></Node></Node></Node></MgmtTree>
        """;

    [Fact]
    public void The_facts_of_a_DDF_file_arrive_in_the_catalogue()
    {
        var level = Compile(Sample).Find("./Device/Vendor/MSFT/Lamp/Hall/Level")!;
        Assert.Equal("./Vendor/MSFT/Lamp/{Room}/Level", level.Path);
        Assert.Equal(NodeVerbs.Get | NodeVerbs.Replace, level.Verbs);
        Assert.Equal(("int", "5", RebootRule.Automatic), (level.Format, level.DefaultValue, level.Reboot));
        Assert.Equal(AllowedKind.Range, level.Allowed.Kind);
        Assert.Equal(["[0-10]", "[20-30]"], level.Allowed.Values);
        Assert.Equal("./Vendor/MSFT/Lamp/{Room}", level.AtomicRoot);
        Assert.Equal(NodeNaming.UniqueName, level.Parent!.Naming);
    }

    [Fact]
    public void Builds_and_editions_come_from_the_node_above_and_undecided_builds_are_dropped()
    {
        var level = Compile(Sample).Find("./Device/Vendor/MSFT/Lamp/Hall/Level")!;
        Assert.Equal([new OsBuild(22621)], level.Builds);
        Assert.Equal([4, 48, 136], level.Editions);
        Assert.Equal(new OsBuild(22000), level.DeprecatedSince);
        Assert.True(level.IsReleased);
    }

    [Fact]
    public void Descriptions_stay_out() => Assert.DoesNotContain("secret prose", Unpacked(Pack(Sample)), StringComparison.Ordinal);

    [Fact]
    public void The_order_of_the_files_does_not_matter()
    {
        var other = new DdfFile("b.xml", Encoding.UTF8.GetBytes(Sample.Replace("Lamp", "Fan", StringComparison.Ordinal)));
        var first = new DdfFile("a.xml", Encoding.UTF8.GetBytes(Sample));
        Assert.Equal(CatalogueCompiler.Compile([first, other]), CatalogueCompiler.Compile([other, first]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<Other/>")]
    [InlineData(Head)]
    [InlineData(Head + "<Node/></MgmtTree>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'>]><MgmtTree>&b;</MgmtTree>")]
    public void What_is_no_DDF_file_is_refused_by_name(string text)
    {
        var error = Assert.Throws<ProtocolException>(() => CatalogueCompiler.Compile([new DdfFile("broken.xml", Encoding.UTF8.GetBytes(text))]));
        Assert.StartsWith("broken.xml", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compiling_the_reference_files_gives_the_embedded_catalogue_byte_for_byte()
    {
        var files = SharedFiles.Names("reference/ddf").Select(name => new DdfFile(name, SharedFiles.Bytes("reference/ddf/" + name)));
        using var embedded = typeof(Catalogue).Assembly.GetManifestResourceStream("Deskward.Protocol.Csp.catalogue.bin")!;
        using var bytes = new MemoryStream();
        embedded.CopyTo(bytes);
        Assert.Equal(bytes.ToArray(), CatalogueCompiler.Compile(files));
        Assert.InRange(bytes.Length, 1, 250_000);
    }

    [Theory]
    [InlineData("./Vendor/MSFT/Update/InstalledUpdates/{guid}/RevisionNumber", "int", NodeVerbs.Get)]
    [InlineData("./Vendor/MSFT/Update/Rollback/QualityUpdate", "null", NodeVerbs.Exec)]
    [InlineData("./Vendor/MSFT/Win32AppInventory/Win32InstalledProgram/x/Publisher", "chr", NodeVerbs.Get)]
    [InlineData("./Device/Vendor/MSFT/Accounts/Users/admin/LocalUserGroup", "int", NodeVerbs.Add)]
    [InlineData("./Device/Vendor/MSFT/WindowsAdvancedThreatProtection/Onboarding", "chr", NodeVerbs.Get | NodeVerbs.Replace)]
    [InlineData("./User/Vendor/MSFT/EnrollmentStatusTracking/Setup/HasProvisioningCompleted", "bool", NodeVerbs.Get)]
    public void The_hand_written_providers_are_in_it(string path, string format, NodeVerbs verbs)
    {
        var node = Catalogue.Default.Find(path);
        Assert.Equal((format, verbs), (node?.Format, node?.Verbs));
    }

    [Theory]
    [InlineData("./Vendor/MSFT/Firewall/MdmStore/FirewallRules/R/InterfaceTypes", "Lan, wireless", "Lan,Wireless")]
    [InlineData("./Vendor/MSFT/AppLocker/ApplicationLaunchRestrictions/G/EXE/Policy", "<RuleCollection Type=\"Exe\"/>", "<RuleCollection Type=\"Exe\"/>")]
    [InlineData("./Device/Vendor/MSFT/Defender/Configuration/SecuredDevicesConfiguration", "CdRomDevices|WpdDevices", "CdRomDevices|WpdDevices")]
    [InlineData("./Device/Vendor/MSFT/VPNv2/Home/TrafficFilterList/0/RemotePortRanges", "100-120,200", "100-120,200")]
    [InlineData("./Device/Vendor/MSFT/Policy/Config/Defender/AttackSurfaceReductionRules", "75668c1f-73b5-4cf0-bb93-3ecf5cb7cc84=2", "75668c1f-73b5-4cf0-bb93-3ecf5cb7cc84=2")]
    public void What_the_bundle_calls_a_single_value_and_is_a_list_is_corrected(string path, string value, string canonical)
    {
        Assert.Equal(canonical, Assert.IsType<CheckedSetting>(Catalogue.Default.Check(path, null, value)).Value);
        Assert.IsType<SettingRefusal>(Catalogue.Default.Check(path, null, "wrong"));
    }

    [Theory]
    [InlineData("  Child node G")]
    [InlineData("./A node G\n    Child node G")]
    [InlineData("./A node")]
    [InlineData("./A node Q")]
    [InlineData("./A node G colour=red")]
    [InlineData("! ./Vendor/MSFT/Nowhere")]
    public void A_wrong_line_of_the_additions_is_refused_with_its_number(string text)
    {
        var error = Assert.Throws<ProtocolException>(() => CatalogueCompiler.Compile([], new StringReader(text)));
        Assert.Contains("additions.txt, line ", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Pack(string ddf) => CatalogueCompiler.Compile([new DdfFile("sample.xml", Encoding.UTF8.GetBytes(ddf))], TextReader.Null);

    private static Catalogue Compile(string ddf) => Catalogue.Load(new MemoryStream(Pack(ddf)));

    private static string Unpacked(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var reader = new StreamReader(brotli, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
