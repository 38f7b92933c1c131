using Xunit;

namespace Deskward.Guards;

public sealed class SnapshotTests
{
    [Fact]
    public void A_line_that_came_or_went_is_told() =>
        Assert.Equal(["- GET /old", "+ GET /new"], Snapshot.Difference(["GET /a", "GET /old"], ["GET /a", "GET /new"]));
}
