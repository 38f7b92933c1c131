using Xunit;

namespace Deskward.Protocol.SyncMl;

public sealed class LocUriTests
{
    [Theory]
    [InlineData("./Vendor/MSFT/Policy/Config/A", "./Device/Vendor/MSFT/Policy/Config/A")]
    [InlineData("./device/VENDOR/msft/a", "./Device/Vendor/MSFT/A")]
    [InlineData("./Vendor/MSFT/WiFi/Profile/My%20Net", "./Vendor/MSFT/WiFi/Profile/my net")]
    [InlineData("./A/%7bX%7d", "./A/{x}")]
    [InlineData("./A/%41", "./A/A")]
    public void Spellings_of_one_node_are_equal(string left, string right)
    {
        Assert.Equal(LocUri.Parse(left), LocUri.Parse(right));
        Assert.Equal(LocUri.Parse(left).GetHashCode(), LocUri.Parse(right).GetHashCode());
    }

    [Theory]
    [InlineData("./User/Vendor/MSFT/A", "./Device/Vendor/MSFT/A")]
    [InlineData("./A/B%2FC", "./A/B/C")]
    [InlineData("./A?list=Struct", "./A")]
    public void Different_nodes_are_not(string left, string right) => Assert.NotEqual(LocUri.Parse(left), LocUri.Parse(right));

    [Theory]
    [InlineData("./Vendor/MSFT/MSI/{9BD4}/a b", "./Vendor/MSFT/MSI/%7B9BD4%7D/a%20b")]
    [InlineData("./cimv2/X.Key=%221%22/Exec=SetValues", "./cimv2/X.Key=%221%22/Exec=SetValues")]
    [InlineData("./A/ü?list=StructData", "./A/%C3%BC?list=StructData")]
    public void The_text_is_encoded_in_one_way(string text, string expected) => Assert.Equal(expected, LocUri.Parse(text).Text);

    [Fact]
    public void Segments_are_decoded() => Assert.Equal(["A", "B/C", "%"], LocUri.Parse("./A/B%2FC/%25").Segments);

    [Fact]
    public void A_child_is_encoded() => Assert.Equal("./A/%7B1%7D%2F", LocUri.Parse("./A").Child("{1}/").Text);

    [Fact]
    public void The_scope_is_the_root() =>
        Assert.Equal((LocUriScope.User, LocUriScope.Device), (LocUri.Parse("./user/Vendor/MSFT").Scope, LocUri.Parse("./DevInfo/Man").Scope));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("/Vendor/MSFT", "begins with a slash")]
    [InlineData(".Device/Vendor", "meant may be './Device/Vendor'")]
    [InlineData("Vendor/MSFT", "does not begin with './'")]
    [InlineData(" ./Vendor", "White space")]
    [InlineData("./Vendor\n", "White space")]
    [InlineData("./A//B", "empty")]
    [InlineData("./A/", "empty")]
    [InlineData("./", "empty")]
    [InlineData("./A/*", "'*' is no name")]
    [InlineData("./A/../B", "'..' is no name")]
    [InlineData("./A/%2", "percent-encoded")]
    [InlineData("./A/%SERIAL%", "percent-encoded")]
    [InlineData("./A/%FF", "percent-encoded")]
    [InlineData("./A/%0A", "control character")]
    public void What_is_wrong_is_said(string text, string part)
    {
        Assert.False(LocUri.TryParse(text, out _, out var refusal));
        Assert.Contains(part, refusal, StringComparison.Ordinal);
        Assert.Throws<ProtocolException>(() => LocUri.Parse(text));
    }

    [Fact]
    public void A_name_that_is_none_cannot_be_a_child() => Assert.Throws<ProtocolException>(() => LocUri.Parse("./A").Child(""));
}
