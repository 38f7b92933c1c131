using System.Diagnostics;
using Deskward.Devices;
using Xunit;

namespace Deskward.Groups.Rules;

public sealed class MembershipRuleTests
{
    private static readonly PcFacts Latitude = PcFacts.Of(
        new FactsRow(Guid.CreateVersion7(), DeviceState.Enrolled, "ABC", "CON-PC-1") { Manufacturer = "Dell Inc.", Model = "Latitude 7450", OsBuild = "10.0.26100.1742", Serial = "00417" }, "Kiosk");

    [Theory]
    [InlineData("device.deviceManufacturer -eq \"dell inc.\"", true)]
    [InlineData("(device.deviceManufacturer -eq \"Dell\")", false)]
    [InlineData("device.deviceModel startsWith \"latitude\"", true)]
    [InlineData("device.deviceOSVersion -startsWith \"10.0.26100\" -and device.deviceModel -contains '7450'", true)]
    [InlineData("device.deviceModel -in [\"X\",\"LATITUDE 7450\"]", true)]
    [InlineData("device.deviceModel -notIn [\"X\"]", true)]
    [InlineData("DEVICE.DEVICEMODEL -MATCH \"^lat.*50$\"", true)]
    [InlineData("-not (device.accountEnabled -eq true)", false)]
    [InlineData("device.accountEnabled -ne false", true)]
    [InlineData("device.enrollmentProfileName -eq \"Kiosk\"", true)]
    [InlineData("device.devicePhysicalIds -any (_ -eq \"[SerialNumber]:00417\")", true)]
    [InlineData("device.devicePhysicalIds -any _ -startsWith \"[HWID]\"", false)]
    [InlineData("device.devicePhysicalIds -all (_ -contains \"Serial\" -or _ -eq \"x\")", true)]
    [InlineData("device.displayName -eq null", false)]
    [InlineData("device.deviceModel -ne $null", true)]
    [InlineData("device.displayName -eq \"a`\"b\" -or device.deviceOSType -eq \"Windows\"", true)]
    public void A_rule_says_who_is_in(string rule, bool isIn) => Assert.Equal(isIn, MembershipRule.Read(rule).Value!.Holds(Latitude));

    [Fact]
    public void And_binds_more_than_or_and_not_more_than_and() =>
        Assert.True(MembershipRule.Read("device.deviceModel -eq \"x\" -and device.deviceModel -eq \"y\" -or -not device.deviceModel -eq \"z\" -and device.deviceOSType -eq \"Windows\"").Value!.Holds(Latitude));

    [Theory]
    [InlineData("device.deviceModel -startsWith \"X\"", false)]
    [InlineData("device.deviceModel -notStartsWith \"X\"", true)]
    [InlineData("device.deviceModel -notContains \"X\"", true)]
    [InlineData("device.deviceModel -notMatch \"X\"", true)]
    [InlineData("device.deviceModel -notIn [\"X\"]", true)]
    [InlineData("device.deviceModel -ne \"X\"", true)]
    [InlineData("device.deviceModel -eq null", true)]
    [InlineData("device.devicePhysicalIds -any (_ -ne \"x\")", false)]
    [InlineData("device.devicePhysicalIds -all (_ -eq \"x\")", true)]
    public void Of_what_is_not_known_only_the_negative_holds(string rule, bool isIn) =>
        Assert.Equal(isIn, MembershipRule.Read(rule).Value!.Holds(PcFacts.Of(new FactsRow(Guid.CreateVersion7(), DeviceState.Enrolled, "ABC", "PC"), null)));

    [Theory]
    [InlineData("", 1, 1, "ends where a comparison")]
    [InlineData("device.deviceModel -eq", 1, 23, "ends where a value")]
    [InlineData("device.deviceModel\n  -equals \"x\"", 2, 3, "operator should stand")]
    [InlineData("(device.deviceModel -eq \"x\"", 1, 28, "parenthesis is not closed")]
    [InlineData("device.deviceModel -eq \"x\")", 1, 27, "never opened")]
    [InlineData("device.deviceModel -eq \"x", 1, 24, "not closed")]
    [InlineData("device.deviceModle -eq \"x\"", 1, 1, "no attribute device.deviceModle")]
    [InlineData("device.displayName -eq \"李😀\" -und true", 1, 29, "should end, or go on")]
    [InlineData("user.department -eq \"x\"", 1, 1, "not of user")]
    [InlineData("device.deviceModel \u2013eq \"x\"", 1, 20, "dash")]
    [InlineData("device.deviceModel -eq \u201cx\u201d", 1, 24, "typographic")]
    [InlineData("device.deviceModel -match \"a(b\"", 1, 31, "no regular expression")]
    [InlineData("device.deviceModel -match \"(a)\\1\"", 1, 27, "steady time")]
    [InlineData("device.deviceModel -match \"((a{60}){60})\"", 1, 27, "at most 1000")]
    [InlineData("device.deviceModel -in \"x\"", 1, 24, "a list should stand")]
    [InlineData("device.deviceModel -in [\"x\";]", 1, 28, "character ';'")]
    [InlineData("device.deviceModel -any (_ -eq \"x\")", 1, 20, "holds one value")]
    [InlineData("device.devicePhysicalIds -contains \"x\"", 1, 26, "several values")]
    [InlineData("device.devicePhysicalIds -any (device.deviceModel -eq \"x\")", 1, 32, "only the value _")]
    [InlineData("_ -eq \"x\"", 1, 1, "inside -any")]
    [InlineData("device.deviceModel -startsWith null", 1, 32, "null is compared")]
    [InlineData("device.accountEnabled -eq \"yes\"", 1, 27, "true or false")]
    [InlineData("device.accountEnabled -match \"t\"", 1, 23, "true or false")]
    [InlineData("device.deviceModel -3 \"x\"", 1, 20, "operator should stand")]
    [InlineData("device.deviceModel -eq \"x\" device.deviceModel -eq \"y\"", 1, 28, "-and or -or")]
    public void What_is_wrong_is_told_with_line_and_column(string rule, int line, int column, string why)
    {
        var refusal = MembershipRule.Read(rule).Refusal!.Message;
        Assert.StartsWith($"Line {line}, column {column}: ", refusal, StringComparison.Ordinal);
        Assert.Contains(why, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_asks_for_what_stands_in_it() => Assert.Equal(
        AttributeSet.Of(PcAttribute.DisplayName).With(AttributeSet.Of(PcAttribute.Model)).With(AttributeSet.Of(PcAttribute.PhysicalIds)),
        MembershipRule.Read("device.deviceModel -eq \"x\" -or -not (device.displayName -eq null -and device.devicePhysicalIds -all (_ -eq \"x\"))").Value!.Attributes);

    [Theory]
    [InlineData("(")]
    [InlineData("-not ")]
    [InlineData("device.deviceModel -eq \"x\" -or ")]
    [InlineData("\"`")]
    [InlineData("[,")]
    public void What_is_long_and_hostile_costs_no_more_than_its_length(string part)
    {
        var clock = Stopwatch.StartNew();
        Assert.NotNull(RuleParser.Read(string.Concat(Enumerable.Repeat(part, 200_000))).Error);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
        Assert.Contains("at most 3072", MembershipRule.Read(new string('x', 3073)).Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_others_choke_on_is_searched_in_steady_time()
    {
        var rule = MembershipRule.Read("device.displayName -match \"^(a+)+$\"").Value!;
        var clock = Stopwatch.StartNew();
        Assert.False(rule.Holds(PcFacts.Of(new FactsRow(Guid.CreateVersion7(), DeviceState.Enrolled, "x", new string('a', 250) + "!"), null)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"{clock.Elapsed}");
    }
}
