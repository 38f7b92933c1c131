using Xunit;

namespace Deskward.Protocol.Csp;

public sealed class TsvCheckTests
{
    private const string Path = "./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection";

    [Fact]
    public void Each_line_gets_a_verdict_and_the_last_line_counts_them()
    {
        var report = TsvCheck.Run(new StringReader($"name\tcsp_path\tvalue\nA\t{Path}\t1\n\n# note\nB\t{Path}\t9\nC"));
        Assert.Equal([2, 5, 6], report.Verdicts.Select(one => one.Line));
        Assert.Equal((1, 2), (report.Accepted, report.Refused));
        var lines = Written(report);
        Assert.Equal(4, lines.Length);
        Assert.Equal("1 accepted, 2 refused", lines[^1]);
    }

    [Fact]
    public void A_file_without_heading_is_read_from_its_first_line() => Assert.Equal(1, TsvCheck.Run(new StringReader($"\uFEFFA\t{Path}\t1")).Accepted);

    [Fact]
    public void A_refused_line_names_the_repair_and_holds_no_control_characters()
    {
        var report = TsvCheck.Run(new StringReader($"a\u001B[31m\t.Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection\tSetting: 1"));
        var line = Written(report)[0];
        Assert.Contains($"Repair: {Path} = 1", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
    }

    [Fact]
    public void An_empty_file_has_no_lines_to_refuse() => Assert.Equal(["0 accepted, 0 refused"], Written(TsvCheck.Run(TextReader.Null)));

    [Fact]
    public void A_description_holds_every_fact_of_the_node()
    {
        using var output = new StringWriter { NewLine = "\n" };
        CatalogueDescription.Write(Catalogue.Default.Find("./Device/Vendor/MSFT/LAPS/Policies/PasswordLength")!, output);
        Assert.StartsWith("./Device/Vendor/MSFT/LAPS/Policies/PasswordLength\n", output.ToString(), StringComparison.Ordinal);
        Assert.All(["int", "Add, Delete, Get, Replace", "14", "[8-64]", "10.0.22621.1480", "with everything under ./Device/Vendor/MSFT/LAPS/Policies"],
            fact => Assert.Contains(fact, output.ToString(), StringComparison.Ordinal));
    }

    private static string[] Written(TsvReport report)
    {
        using var output = new StringWriter { NewLine = "\n" };
        report.Write(output);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
