using CsCheck;
using Deskward.Faults;
using Xunit;

namespace Deskward.Registration;

public sealed class NameTemplateTests
{
    [Theory]
    [InlineData("DSK-%RAND:11%", "^DSK-[0-9]{11}$")]
    [InlineData("Kiosk-%RAND:9%", "^Kiosk-[0-9]{9}$")]
    [InlineData("c-%SERIAL%", "^c-00AB17$")]
    [InlineData("office-%serial%-%rand:4%", "^office-00A-[0-9]{4}$")]
    public void Names_are_made_by_the_template_and_recognised(string template, string pattern)
    {
        var read = NameTemplate.Read(template).Value!;
        var name = read.Make("00AB 17");
        Assert.Matches(pattern, name);
        Assert.True(read.Fits(name!.ToUpperInvariant(), "00AB 17"));
        Assert.False(read.Fits(name + "1", "00AB 17"));
        Assert.False(read.Fits("DESKTOP-1", "00AB 17"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("DSK-%RAND:12%")]
    [InlineData("DSK-%RAND:0%")]
    [InlineData("DSK")]
    [InlineData("DSK-%RAND:2%")]
    [InlineData("%RAND:9%")]
    [InlineData("A%SERIAL%%SERIAL%")]
    [InlineData("ABCDEFGHIJKLMNO%SERIAL%")]
    [InlineData("DSK_%RAND:5%")]
    [InlineData("DSK-%NAME%")]
    [InlineData("a b%RAND:5%")]
    public void A_template_that_cannot_name_PCs_is_refused(string template) => Assert.NotNull(NameTemplate.Read(template).Refusal);

    [Theory]
    [InlineData(null)]
    [InlineData("To be filled by O.E.M.")]
    [InlineData("  ")]
    public void Without_a_serial_number_there_is_no_name_that_needs_one(string? serial) => Assert.Null(NameTemplate.Read("A-%SERIAL%").Value!.Make(serial));

    [Fact]
    public void Whatever_the_template_and_the_serial_number_a_name_is_one_that_Windows_takes_and_fits() =>
        Gen.Select(Gen.Char["Ab-9%:RANDSERIAL"].Array[1, 12], Gen.OneOf("%RAND:4%", "%SERIAL%", "%RAND:7%"), Gen.String[0, 20]).Sample((letters, macro, serial) =>
            NameTemplate.Read(new string(letters) + macro).Value is not { } template || template.Make(serial) is not { } name || (PcName.IsRight(name) && template.Fits(name, serial)), iter: Effort.Cases(5_000, 200_000));
}
