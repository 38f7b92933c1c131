using Xunit;

namespace Deskward.Protocol.Csp;

public sealed class OsBuildTests
{
    [Theory]
    [InlineData("10.0.22621.3235", 22621, 3235)]
    [InlineData("11.0.22621.3235", 22621, 3235)]
    [InlineData(" 10.0.22621. ", 22621, null)]
    [InlineData("22621.1", 22621, 1)]
    [InlineData("10.0.19045", 19045, null)]
    public void A_build_is_read_with_and_without_its_revision(string text, int number, int? revision) =>
        Assert.Equal(new OsBuild(number, revision), OsBuild.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.0")]
    [InlineData("10.1.22621")]
    [InlineData("10.0.x.1")]
    [InlineData("10.0.22621.-1")]
    [InlineData("10.0.99999999999")]
    [InlineData("10.0.22621.1.1")]
    public void What_is_no_build_is_not_read(string? text) => Assert.False(OsBuild.TryParse(text, out _));

    [Fact]
    public void Builds_are_ordered_by_number_and_then_by_revision()
    {
        Assert.True(OsBuild.Parse("10.0.22621.3235") > OsBuild.Parse("10.0.22621.9"));
        Assert.True(OsBuild.Parse("10.0.9999.9") < OsBuild.Parse("10.0.22621"));
        Assert.True(OsBuild.Parse("10.0.22621") <= OsBuild.Parse("10.0.22621.0"));
        Assert.Equal("10.0.22621.3235", OsBuild.Parse("10.0.22621.3235").ToString());
    }

    [Theory]
    [InlineData("10.0.22000", "10.0.22621.1", true)]
    [InlineData("10.0.22000", "10.0.19045.6000", false)]
    [InlineData("10.0.22000, 10.0.19041.1202", "10.0.19045.2130", true)]
    [InlineData("10.0.22000, 10.0.19041.1202", "10.0.19045.1000", false)]
    [InlineData("10.0.22000, 10.0.19042.1202", "10.0.19041.1300", false)]
    [InlineData("10.0.22621.3235, 10.0.22000.2836", "10.0.22631.3235", true)]
    [InlineData("10.0.22621.3235, 10.0.22000.2836", "10.0.22631.3000", false)]
    [InlineData("10.0.22621.3235, 10.0.22000.2836", "10.0.22000.2836", true)]
    [InlineData("10.0.22621.3235, 10.0.22000.2836", "10.0.26100.1", true)]
    [InlineData("10.0.26100.500", "10.0.26200.499", false)]
    [InlineData("10.0.26100.500", "10.0.26200.500", true)]
    [InlineData("10.0.19041.1202", "10.0.19041", false)]
    [InlineData("", "10.0.10240.1", true)]
    public void A_backport_counts_on_its_branch_and_the_newest_entry_for_all_later_ones(string listed, string device, bool covers)
    {
        OsBuild[] builds = [.. listed.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(OsBuild.Parse)];
        Assert.Equal(covers, OsBuild.Parse(device).IsCoveredBy(builds));
    }
}
