using System.Text.RegularExpressions;
using Deskward.Guards;
using Deskward.Platform.Plans;
using Xunit;

namespace Deskward.DesiredState.Plans;

public sealed partial class RestartFactsTests
{
    /// <summary>The published descriptions are not copied here: where they are beside the repository, each line is held against that of its node.</summary>
    [Fact]
    public void Every_line_about_restarts_says_what_the_published_description_of_its_node_says()
    {
        var folder = Path.Combine(Sources.Root, "..", "shared", "reference", "ddf");
        Assert.SkipUnless(Directory.Exists(folder), "../shared/reference/ddf is not beside the repository");
        Assert.All(RestartFacts.All, line =>
        {
            var names = line.Source.Split(", ");
            Assert.Equal("DDF v2", names[0]);
            var file = new[] { $"{names[2]}_AreaDDF.xml", $"{names[2]}.xml" }.Select(name => Path.Combine(folder, name)).Single(File.Exists);
            var about = File.ReadAllText(file).Split($"<NodeName>{line.Prefix.Split('/')[^1]}</NodeName>")[1].Split("</DFProperties>")[0];
            Assert.Matches(line.Need == RestartNeed.No ? NotNeeded() : Needed(), about);
        });
    }

    [GeneratedRegex("(no|not|not require) reboot|reboot is not required", RegexOptions.IgnoreCase)]
    private static partial Regex NotNeeded();

    [GeneratedRegex("(requires?( a)?|on|require a|Note) ?reboot|must restart|until you restart", RegexOptions.IgnoreCase)]
    private static partial Regex Needed();
}
