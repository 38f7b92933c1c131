using Xunit;

namespace Deskward.Responsibilities;

public sealed class BoardTests
{
    private static readonly MatrixRow Built = Matrix.Default.Rows.First(row => row.Id == "P1");
    private static readonly MatrixRow NotBuilt = Matrix.Default.Rows.First(row => !row.Built);

    [Fact]
    public void A_row_of_which_nothing_is_known_is_not_known() => Assert.Equal(EvidenceState.Unknown, new BoardRow(Built, []).State);

    [Fact]
    public void A_row_whose_work_is_not_built_says_so() => Assert.Null(new BoardRow(NotBuilt, []).State);

    [Theory]
    [InlineData(EvidenceState.Good, EvidenceState.Good, EvidenceState.Good)]
    [InlineData(EvidenceState.Good, EvidenceState.Unknown, EvidenceState.Unknown)]
    [InlineData(EvidenceState.Unknown, EvidenceState.Attention, EvidenceState.Attention)]
    [InlineData(EvidenceState.Bad, EvidenceState.Unknown, EvidenceState.Bad)]
    public void A_row_stands_as_its_worst_fact_and_what_is_unknown_is_never_good(EvidenceState one, EvidenceState other, EvidenceState row) =>
        Assert.Equal(row, new BoardRow(Built, [new("a", one), new("b", other)]).State);

    [Fact]
    public void It_is_the_turn_of_whom_the_worst_fact_names()
    {
        Assert.Equal(Party.Provider, new BoardRow(Built, [new("a", EvidenceState.Bad) { Turn = Party.Provider }, new("b", EvidenceState.Attention) { Turn = Party.Customer }]).Turn);
        Assert.Null(new BoardRow(Built, [new("a", EvidenceState.Good) { Turn = Party.Provider }]).Turn);
    }

    [Fact]
    public void The_worst_customer_comes_first()
    {
        var overdue = new EvidenceFact("a", EvidenceState.Attention) { OverdueSince = new DateOnly(2026, 1, 1) };
        CustomerBoard[] boards = [Of(new EvidenceFact("a", EvidenceState.Good)), Of(new EvidenceFact("a", EvidenceState.Unknown)), Of(overdue), Of(new EvidenceFact("a", EvidenceState.Attention)), Of(new EvidenceFact("a", EvidenceState.Bad))];
        Assert.Equal([boards[4], boards[2], boards[3], boards[1], boards[0]], boards.OrderByDescending(board => board.Badness));
    }

    [Fact]
    public void What_is_late_is_counted()
    {
        var board = Of(new EvidenceFact("a", EvidenceState.Bad) { OverdueSince = new DateOnly(2026, 1, 1) }, new EvidenceFact("b", EvidenceState.Attention));
        Assert.Equal((1, EvidenceState.Bad, "P1"), (board.Overdue, board.State, Assert.Single(board.Open).Row.Id));
    }

    private static CustomerBoard Of(params EvidenceFact[] facts) => new(Guid.CreateVersion7(), DateTimeOffset.UnixEpoch, [new BoardRow(Built, facts), new BoardRow(NotBuilt, [])]);
}
