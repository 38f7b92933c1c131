using Deskward.Platform;
using Xunit;

namespace Deskward.DeviceActions;

public sealed class SecondPersonRuleTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(10, 12, 1, false)]
    [InlineData(11, 12, 1, true)]
    [InlineData(11, 219, 1, true)]
    [InlineData(11, 220, 1, false)]
    [InlineData(5_000, 100_000, 1, false)]
    [InlineData(5_001, 100_000, 1, true)]
    [InlineData(1, 100_000, 2, true)]
    public void More_than_ten_and_more_than_a_twentieth_or_two_customers_need_a_second_person(int touched, int pcs, int customers, bool needed) =>
        Assert.Equal(needed, SecondPersonRule.IsNeeded(touched, SecondPersonRule.LimitOf(pcs, 10, 5), customers));

    [Fact]
    public void The_asker_is_no_second_person()
    {
        var run = NewRun();
        Assert.Equal(RefusalReason.NotAllowed, run.Answer(run.AskedById, "alice", true, Monday)!.Reason);
        Assert.Equal(RunState.Waiting, run.State);
    }

    [Fact]
    public void A_run_that_nobody_answers_in_a_day_never_begins()
    {
        var run = NewRun();
        Assert.Equal(RefusalReason.Conflict, run.Answer(Guid.CreateVersion7(), "bob", true, Monday.AddHours(24))!.Reason);
        Assert.Equal(RunState.Lapsed, run.StateAt(Monday.AddHours(24)));
    }

    [Fact]
    public void What_has_ended_is_not_stopped()
    {
        var run = NewRun();
        Assert.Null(run.Answer(Guid.CreateVersion7(), "bob", false, Monday));
        Assert.Equal((RunState.Declined, RefusalReason.Conflict), (run.State, run.Stop("alice", Monday)!.Reason));
    }

    private static DeviceActionRun NewRun() => new() { AskedById = Guid.CreateVersion7(), AskedAt = Monday, NeedsSecondPerson = true, Total = 11 };
}
