using System.Text;
using Deskward.Protocol.Tests;
using Xunit;

namespace Deskward.Protocol.Csp;

/// <summary>The catalogue against a list of all nodes that was made from the same files by another program.</summary>
public sealed class CensusTests
{
    [Fact]
    public void Every_listed_node_is_found_with_its_verbs_format_and_occurrence()
    {
        foreach (var row in Rows())
        {
            var node = Catalogue.Default.Find(Clean(row[1]));
            Assert.True(node is not null, row[1]);
            Assert.Equal((row[1], row[2], row[4]), (row[1], node.Format, node.Occurrence.ToString()));
            Assert.Equal(row[3].Replace(",", ", ", StringComparison.Ordinal), node.Verbs.ToString());
        }
    }

    [Fact]
    public void Every_listed_path_is_spelt_as_the_file_spells_it() => Assert.All(Rows().Where(row => row[1] == Clean(row[1])), row =>
    {
        Assert.Equal(row[1], Catalogue.Default.Find(row[1].ToUpperInvariant())?.Path);
        Assert.Equal(row[1], Catalogue.Default.CanonicalPath(row[1]));
    });

    [Fact]
    public void Every_listed_rule_has_its_kind_and_values() => Assert.All(Rows().Where(row => row[6] is "ENUM" or "Flag" or "Range"), row =>
    {
        var allowed = Catalogue.Default.Find(Clean(row[1]))!.Allowed;
        Assert.Equal(row[7].Split('|').Distinct(), allowed.Values);
    });

    [Fact]
    public void Every_stated_build_list_is_kept_but_for_undecided_builds() => Assert.All(Rows().Where(row => row[8].Length > 0), row =>
    {
        var node = Catalogue.Default.Find(Clean(row[1]))!;
        var decided = row[8].Split(", ").Where(build => build.StartsWith("10.", StringComparison.Ordinal)).ToList();
        Assert.Equal(decided, node.Builds.Select(build => build.ToString()));
        Assert.Equal(decided.Count > 0, node.IsReleased);
    });

    [Fact]
    public void The_count_is_the_listed_nodes_and_the_hand_written_ones() => Assert.Equal(5766 + 94, Catalogue.Default.Nodes.Count + (Rows().Count - 5766));

    // One file has slips in its paths: a slash too many, and spaces behind names.
    private static string Clean(string path) => string.Join('/', path.Split('/', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static List<string[]> Rows() =>
        [.. Encoding.UTF8.GetString(SharedFiles.Bytes("reference/csp-nodes.tsv")).Split('\n').Skip(1).Where(line => line.Length > 0).Select(line => line.TrimEnd('\r').Split('\t'))];
}
