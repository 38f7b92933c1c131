using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Deskward.Audit;

public sealed class CanonicalBytesTests
{
    [Fact]
    public void Fields_are_written_as_the_page_describes() => Assert.Equal(
        "00000001" + "61" + "ffffffff" + "00000000" + "00000003" + "e6a18c" + "00000010" + "0192a3b4c5d6e7f8091a2b3c4d5e6f70" + "00000008" + "fffffffffffffffe" + "00000002" + "0102",
        Convert.ToHexStringLower(new CanonicalBytes().Begin("a").Text(null).Text("").Text("桌").Id(Guid.Parse("0192a3b4-c5d6-e7f8-091a-2b3c4d5e6f70")).Number(-2).Bytes([1, 2]).Written));

    [Fact]
    public void Text_cannot_move_from_one_field_to_the_next() =>
        Assert.NotEqual(new CanonicalBytes().Begin("x").Text("ab").Text("c").Hash(), new CanonicalBytes().Begin("x").Text("a").Text("bc").Hash());

    [Fact]
    public void Nothing_and_an_empty_text_differ() => Assert.NotEqual(new CanonicalBytes().Begin("x").Text(null).Hash(), new CanonicalBytes().Begin("x").Text("").Hash());

    [Fact]
    public void What_was_written_before_leaves_no_trace()
    {
        var bytes = new CanonicalBytes();
        bytes.Begin(new string('y', 10_000)).Text(new string('桌', 5_000));
        Assert.Equal(SHA256.HashData((byte[])[0, 0, 0, 1, .. Encoding.ASCII.GetBytes("x")]), bytes.Begin("x").Hash());
    }
}
