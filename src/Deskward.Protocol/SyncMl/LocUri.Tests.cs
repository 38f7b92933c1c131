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
    [InlineData("./A/%C3%BC", "./a/Ü")]
    [InlineData(" ./A/B/\n", "./A/B")]
    public void Spellings_of_one_node_have_one_key(string left, string right) => Assert.Equal(LocUri.KeyOf(left), LocUri.KeyOf(right));

    [Theory]
    [InlineData("./User/Vendor/MSFT/A", "./Device/Vendor/MSFT/A")]
    [InlineData("./A/B%2FC", "./A/B/C")]
    [InlineData("./A?list=Struct", "./A")]
    [InlineData("./A/%SERIAL%", "./A/%25SERIAL%25")]
    public void Different_nodes_have_different_keys(string left, string right) => Assert.NotEqual(LocUri.KeyOf(left), LocUri.KeyOf(right));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("%")]
    [InlineData("./A/%2")]
    [InlineData("./A/%FF?x=%")]
    public void What_is_no_address_has_a_key_all_the_same(string text) => Assert.Equal(LocUri.KeyOf(text), LocUri.KeyOf(text.ToLowerInvariant()));

    [Theory]
    [InlineData("{9BD4}", "%7B9BD4%7D")]
    [InlineData("a b/c", "a%20b%2Fc")]
    [InlineData("X.Key=\"1\"", "X.Key=%221%22")]
    [InlineData("ü", "%C3%BC")]
    [InlineData("plain-._~!$&'()*+,;=:@", "plain-._~!$&'()*+,;=:@")]
    public void A_name_is_encoded_in_one_way(string name, string expected) => Assert.Equal(expected, LocUri.Encode(name));

    [Theory]
    [InlineData("%2", false)]
    [InlineData("%SERIAL%", false)]
    [InlineData("%FF", false)]
    [InlineData("%25", true)]
    [InlineData("B%2FC", true)]
    public void Only_what_is_encoded_right_is_decoded(string segment, bool isRight) => Assert.Equal(isRight, LocUri.TryDecode(segment, out _));

    [Theory]
    [InlineData("./A/B", "./A", true)]
    [InlineData("./A", "./A", true)]
    [InlineData("./AB", "./A", false)]
    public void A_node_lies_below_whole_names_alone(string key, string above, bool isBelow) => Assert.Equal(isBelow, LocUri.IsAtOrBelow(LocUri.KeyOf(key), LocUri.KeyOf(above)));

    [Fact]
    public void The_root_tells_whose_a_node_is() => Assert.Equal((true, false), (LocUri.IsOfUser("./user/Vendor/MSFT"), LocUri.IsOfUser("./DevInfo/Man")));
}
