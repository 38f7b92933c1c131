using Xunit;

namespace Deskward.Policies.Exceptions;

public sealed class ExceptionTimelineTests
{
    private static readonly DateOnly Zero = new(2026, 3, 2);

    [Fact]
    public void A_revocation_is_told_on_days_0_30_60_and_83_and_the_level_is_lost_on_day_90()
    {
        Assert.Equal(
            [(ExceptionNoticeKind.Revoked, 0), (ExceptionNoticeKind.RevokedDay30, 30), (ExceptionNoticeKind.RevokedDay60, 60), (ExceptionNoticeKind.RevokedFinal, 83), (ExceptionNoticeKind.LevelLost, 90)],
            Told(Revoked(90), Enumerable.Range(0, 120)));
    }

    [Theory]
    [InlineData(40, "Revoked 0, RevokedDay30 30, RevokedFinal 33, LevelLost 40")]
    [InlineData(10, "Revoked 0, RevokedFinal 3, LevelLost 10")]
    [InlineData(5, "Revoked 0, LevelLost 5")]
    public void A_severe_incident_shortens_it(int days, string told) =>
        Assert.Equal(told, string.Join(", ", Told(Revoked(days), Enumerable.Range(0, 120)).Select(one => $"{one.Kind} {one.Day}")));

    [Fact]
    public void The_level_is_never_lost_sooner_than_seven_days_after_the_final_notice() =>
        Assert.Equal([(ExceptionNoticeKind.Revoked, 0), (ExceptionNoticeKind.RevokedFinal, 95), (ExceptionNoticeKind.LevelLost, 102)], Told(Revoked(90), [0, .. Enumerable.Range(95, 30)]));

    [Fact]
    public void The_agreed_end_is_told_30_and_5_days_before()
    {
        var exception = Approved();
        exception.AgreedEnd = Zero.AddDays(100);
        Assert.Equal([(ExceptionNoticeKind.EndIn30, 70), (ExceptionNoticeKind.EndIn5, 95)], Told(exception, Enumerable.Range(0, 120)));
        Assert.Equal([(ExceptionNoticeKind.EndIn5, 97)], Told(exception, [10, 97, 98]));
    }

    [Fact]
    public void An_end_and_a_revocation_are_told_side_by_side()
    {
        var exception = Revoked(90);
        exception.AgreedEnd = Zero.AddDays(60);
        Assert.Equal(6, Told(exception, Enumerable.Range(0, 85)).Count);
    }

    [Fact]
    public void What_is_not_approved_is_told_nothing()
    {
        var exception = Revoked(90);
        exception.State = ExceptionState.Ended;
        Assert.Empty(Told(exception, Enumerable.Range(0, 120)));
    }

    private static ExceptionRequest Approved() => new() { State = ExceptionState.Approved, AgreedEnd = Zero.AddYears(2) };

    private static ExceptionRequest Revoked(int days)
    {
        var exception = Approved();
        (exception.RevokedOn, exception.RevokedDays) = (Zero, days);
        return exception;
    }

    /// <summary>What is told when somebody looks on these days.</summary>
    private static List<(ExceptionNoticeKind Kind, int Day)> Told(ExceptionRequest exception, IEnumerable<int> days)
    {
        var sent = new List<ExceptionNotice>();
        foreach (var day in days)
        {
            var due = ExceptionTimeline.Due(exception, sent, Zero.AddDays(day)).ToList();
            sent.AddRange(due.Select(notice => new ExceptionNotice { Kind = notice.Kind, Anchor = notice.Anchor, Day = Zero.AddDays(day) }));
        }

        return [.. sent.Select(row => (row.Kind, row.Day.DayNumber - Zero.DayNumber))];
    }
}
