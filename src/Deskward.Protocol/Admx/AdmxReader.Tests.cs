using System.Text;
using Deskward.Protocol.Csp;
using Deskward.Protocol.Intune;
using Xunit;

namespace Deskward.Protocol.Admx;

public sealed class AdmxReaderTests
{
    private static string Wrap(string policies, string categories = "") => $"<policyDefinitions><categories>{categories}</categories><policies>{policies}</policies></policyDefinitions>";

    private static string Refused(string text) => Assert.Throws<ProtocolException>(() => AdmxReader.Read("a.admx", Encoding.UTF8.GetBytes(text))).Message;

    [Fact]
    public void Categories_of_the_file_alone_make_the_area()
    {
        Assert.Equal(["Browser", "Browser", "Browser~Start_Page"], Exports.Browser.Policies.Select(policy => policy.Category));
        Assert.Equal("./User/Vendor/MSFT/Policy/Config/FabrikamBrowser~Policy~Browser~Start_Page/Pages", Exports.Browser.PathOf(Exports.Browser.Policies[2], ofUser: true));
        Assert.Equal("./Device/Vendor/MSFT/Policy/Config/FabrikamBrowser~Policy~Browser/HomeButton", Exports.Browser.PathOf(Exports.Browser.Policies[0], ofUser: false));
    }

    [Fact]
    public void Elements_keep_their_ids_and_rules()
    {
        var elements = Exports.Browser.Policies[2].Elements;
        Assert.Equal([AdmxElementKind.Boolean, AdmxElementKind.Enum, AdmxElementKind.Number, AdmxElementKind.Text, AdmxElementKind.MultiText, AdmxElementKind.List, AdmxElementKind.List], elements.Select(element => element.Kind));
        Assert.Equal(["AllTabs", "4"], elements[1].Values);
        Assert.Equal((1, 20, 10, false, true), (elements[2].Least, elements[2].Most, elements[3].LongestText, elements[5].IsPairs, elements[6].IsPairs));
    }

    [Fact]
    public void The_file_is_ingested_whole_where_its_content_tells()
    {
        var changed = AdmxReader.Read("Fabrikam Browser.admx", Encoding.UTF8.GetBytes(Exports.Template.Replace("PagesTitle", "PagesHeading", StringComparison.Ordinal)));
        Assert.StartsWith("<policyDefinitions", Exports.Browser.Text, StringComparison.Ordinal);
        Assert.StartsWith("./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/FabrikamBrowser/Policy/FabrikamBrowser-", Exports.Browser.IngestionPath, StringComparison.Ordinal);
        Assert.NotEqual(Exports.Browser.IngestionPath, changed.IngestionPath);
        Assert.IsType<CheckedSetting>(Catalogue.Default.Check(Exports.Browser.IngestionPath, "chr", Exports.Browser.Text));
    }

    [Theory]
    [InlineData("<policy name=\"A\" class=\"User\"><elements><boolean valueName=\"x\"/></elements></policy>", "Element 1 (<boolean>) of the policy A has no id.")]
    [InlineData("<policy name=\"A\" class=\"User\"><elements><text id=\"x\"/><text id=\"X\"/></elements></policy>", "The policy A has two elements with the id X.")]
    [InlineData("<policy name=\"A\" class=\"User\"><elements><slider id=\"x\"/></elements></policy>", "The policy A has an element <slider>, which no ADMX file may have.")]
    [InlineData("<policy name=\"A\" class=\"User\"><elements><enum id=\"x\"><item/></enum></elements></policy>", "The element x of the policy A has an item without a value.")]
    [InlineData("<policy class=\"User\"/>", "Policy 1 of the ADMX file has no name.")]
    [InlineData("<policy name=\"A\" class=\"Everybody\"/>", "The policy A has the class 'Everybody'; there are Machine, User and Both.")]
    [InlineData("<policy name=\"A\" class=\"User\"/><policy name=\"a\" class=\"User\"/>", "The policy a stands twice.")]
    [InlineData("", "The ADMX file holds no policy. Files that hold categories alone are not needed.")]
    public void What_breaks_a_rule_is_refused_by_name(string policies, string message) => Assert.Equal(message, Refused(Wrap(policies)));

    [Fact]
    public void A_category_in_itself_and_another_root_are_refused()
    {
        Assert.Contains("lies in itself", Refused(Wrap("<policy name=\"A\" class=\"User\"><parentCategory ref=\"c\"/></policy>", "<category name=\"c\"><parentCategory ref=\"c\"/></category>")), StringComparison.Ordinal);
        Assert.Contains("<policyDefinitionResources>", Refused("<policyDefinitionResources/>"), StringComparison.Ordinal);
        Assert.Contains("not well-formed", Refused("<policyDefinitions><policies>"), StringComparison.Ordinal);
        Assert.ThrowsAny<ProtocolException>(() => AdmxReader.Read("a.admx", Encoding.UTF8.GetBytes("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><policyDefinitions>&e;</policyDefinitions>")));
    }

    [Fact]
    public void Of_two_templates_with_one_policy_the_one_named_like_the_app_counts()
    {
        var other = AdmxReader.Read("Other.admx", Encoding.UTF8.GetBytes(Exports.Template));
        var library = new AdmxLibrary([Exports.Browser, other]);
        Assert.Equal("FabrikamBrowser", library.Find("fabrikambrowserv12", "browser_homebutton")!.File.AppName);
        Assert.Equal("Other", library.Find("somethingelse", "browser~start_page_pages")!.File.AppName);
        Assert.Null(library.Find("somethingelse", "browser~start_page_page"));
    }
}
