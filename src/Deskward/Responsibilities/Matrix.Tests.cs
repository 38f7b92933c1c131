using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Deskward.Responsibilities;

public sealed class MatrixTests
{
    [Fact]
    public void There_are_fifteen_rows_of_two_parties()
    {
        Assert.Equal(6, Matrix.Default.Rows.Count(row => row.Owner == Party.Provider));
        Assert.Equal(9, Matrix.Default.Rows.Count(row => row.Owner == Party.Customer));
    }

    [Theory]
    [InlineData("C1.notice", Party.Provider)]
    [InlineData("C1.approval", Party.Customer)]
    [InlineData("C3.delivery", Party.Provider)]
    [InlineData("C3.mail", Party.Customer)]
    [InlineData("C5.deployment-tool", Party.Provider)]
    public void A_row_may_hold_duties_of_both_parties(string duty, Party accountable) => Assert.Equal(accountable, Matrix.Default.Find(duty)!.Accountable);

    [Theory]
    [InlineData("C9.printers", true)]
    [InlineData("C5.packaging", true)]
    [InlineData("C4.first-line", true)]
    [InlineData("C1.approval", false)]
    [InlineData("C7.contacts", false)]
    [InlineData("P1.policies", false)]
    public void Some_duties_may_be_handed_over_by_contract(string duty, bool delegable) => Assert.Equal(delegable, Matrix.Default.Find(duty)!.Delegable is { Count: > 0 });

    [Theory]
    [InlineData("$.rows[0].owner", "\"customer\"", "other party")]
    [InlineData("$.rows[0].id", "\"P7\"", "rows must be")]
    [InlineData("$.rows[0].duties[0].id", "\"P2.policies\"", "stands under")]
    [InlineData("$.rows[0].duties[0].text.zh", "\"\"", "lacks a text")]
    [InlineData("$.rows[0].duties[0].actions.read.customer[0]", "\"customer.king\"", "no role")]
    [InlineData("$.rows[0].duties[0].actions.read.customer[0]", "\"provider.owner\"", "of the other party")]
    [InlineData("$.rows[0].duties[0].actions.read.grant[0]", "\"customer.owner\"", "of the other party")]
    [InlineData("$.rows[3].duties[0].actions.read.customer[0]", "\"customer.itAdministrator\"", "nothing of security")]
    [InlineData("$.rows[0].duties[0].actions.read.delegated", "[\"provider.owner\"]", "not delegable")]
    [InlineData("$.rows[0].duties[0].actions.read", "{}", "nobody may do it")]
    [InlineData("$.rows[0].duties[0].colour", "1", "cannot be read")]
    public void A_matrix_that_contradicts_itself_is_refused(string path, string value, string why)
    {
        var refused = Assert.Throws<InvalidDataException>(() => Matrix.Parse(Encoding.UTF8.GetBytes(Changed(path, value))));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    private static string Changed(string path, string value)
    {
        using var stream = typeof(Matrix).Assembly.GetManifestResourceStream("Responsibilities.matrix.json")!;
        var root = JsonNode.Parse(stream)!;
        var steps = path[2..].Replace("[", ".[", StringComparison.Ordinal).Split('.');
        var node = steps[..^1].Aggregate(root, (at, step) => step[0] == '[' ? at[int.Parse(step[1..^1], System.Globalization.CultureInfo.InvariantCulture)]! : at[step]!);
        var (last, wanted) = (steps[^1], JsonNode.Parse(value));
        _ = last[0] == '[' ? node[int.Parse(last[1..^1], System.Globalization.CultureInfo.InvariantCulture)] = wanted : node[last] = wanted;
        return root.ToJsonString(JsonSerializerOptions.Web);
    }
}
