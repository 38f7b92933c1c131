using System.Text;
using Xunit;

namespace Deskward.Identity.Factors;

public sealed class TotpTests
{
    private static readonly byte[] Published = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 6238, appendix B, cut to six digits.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void The_published_codes_are_computed(long seconds, string code) => Assert.Equal(code, Totp.Code(Published, Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Theory]
    [InlineData(-60, false)]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    public void A_clock_may_be_wrong_by_one_step(int seconds, bool right)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_015);
        var code = Totp.Code(Published, Totp.StepAt(now.AddSeconds(seconds)));
        Assert.Equal(right, Totp.Match(Published, code, now) == Totp.StepAt(now.AddSeconds(seconds)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("28708")]
    [InlineData("2870822")]
    [InlineData("２８７０８２")]
    [InlineData("abcdef")]
    public void What_is_no_code_matches_nothing(string code) => Assert.Null(Totp.Match(Published, code, DateTimeOffset.FromUnixTimeSeconds(59)));

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_is_that_of_RFC_4648(string text, string written)
    {
        Assert.Equal(written, Totp.ToBase32(Encoding.ASCII.GetBytes(text)));
        Assert.Equal(text, Encoding.ASCII.GetString(Totp.FromBase32(written.ToLowerInvariant())));
    }

    [Fact]
    public void What_is_no_base32_is_refused() => Assert.Throws<FormatException>(() => Totp.FromBase32("MZ1W"));
}
