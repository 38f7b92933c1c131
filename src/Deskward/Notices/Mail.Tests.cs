using Deskward.Platform;
using Xunit;

namespace Deskward.Notices;

public sealed class MailTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddYears(50);

    [Fact]
    public void Refused_for_now_it_is_tried_six_times_with_growing_pauses()
    {
        var (mail, now) = (New(), Start);
        foreach (var pause in Mail.Pauses)
        {
            Assert.True(mail.Begin(now, "a"));
            mail.Settle(new Attempt(AttemptResult.RefusedForNow, "450 later"), now);
            Assert.Equal((MailState.Waiting, now + pause), (mail.State, mail.DueAt));
            now += pause;
        }

        Assert.True(mail.Begin(now, "a"));
        mail.Settle(new Attempt(AttemptResult.RefusedForNow, "450 later"), now);
        Assert.Equal((MailState.Failed, null, 6, true), (mail.State, mail.DueAt, mail.Attempts, mail.MaySendAgain));
    }

    [Fact]
    public void A_mail_that_nobody_marked_is_sent_once_more_and_not_a_third_time()
    {
        var mail = New();
        Assert.True(mail.Begin(Start, "first"));
        Assert.False(mail.IsDoubtful);
        Assert.True(mail.Begin(Start + Mail.Lease, "second"));
        Assert.Equal((true, "first"), (mail.IsDoubtful, mail.MessageId));
        Assert.False(mail.Begin(Start + Mail.Lease + Mail.Lease, "third"));
        Assert.Equal((MailState.Failed, null), (mail.State, mail.DueAt));
    }

    [Fact]
    public void A_lost_answer_is_forgiven_once()
    {
        var mail = New();
        mail.Begin(Start, "a");
        mail.Settle(new Attempt(AttemptResult.Unclear, "gone"), Start);
        Assert.Equal((MailState.Waiting, true), (mail.State, mail.IsDoubtful));
        mail.Begin(Start, "a");
        mail.Settle(new Attempt(AttemptResult.Unclear, "gone"), Start);
        Assert.Equal(MailState.Failed, mail.State);
    }

    [Fact]
    public void Trouble_with_the_server_costs_no_attempt()
    {
        var mail = New();
        mail.Begin(Start, "a");
        mail.Settle(new Attempt(AttemptResult.NoServer, "530 sign in first"), Start);
        Assert.Equal((MailState.Waiting, 0, Start), (mail.State, mail.Attempts, mail.DueAt));
    }

    [Fact]
    public void Once_taken_nothing_of_the_content_is_kept()
    {
        var mail = New();
        mail.Begin(Start, "a");
        mail.Settle(new Attempt(AttemptResult.Taken, "250 ok"), Start);
        Assert.Equal((MailState.Sent, null, false), (mail.State, mail.WrappedContent, mail.MaySendAgain));
        Assert.Equal(RefusalReason.Conflict, mail.SendAgain(Start)?.Reason);
    }

    [Fact]
    public void What_waited_for_two_weeks_is_not_sent_any_more()
    {
        var mail = New();
        Assert.False(mail.Begin(Start + Mail.LongestWait + TimeSpan.FromSeconds(1), "a"));
        Assert.Equal((MailState.Failed, true), (mail.State, mail.MaySendAgain));
        Assert.Null(mail.SendAgain(Start + Mail.LongestWait));
        Assert.True(mail.Begin(Start + Mail.LongestWait, "a"));
    }

    [Fact]
    public void What_the_server_says_is_one_line_of_bounded_length()
    {
        var mail = New();
        mail.Begin(Start, "a");
        mail.Settle(new Attempt(AttemptResult.Refused, "550 no\r\n\u202E" + new string('x', 10_000)), Start);
        Assert.StartsWith("550 no  x", mail.Answer, StringComparison.Ordinal);
        Assert.Equal(Mail.LongestAnswer, mail.Answer.Length);
    }

    private static Mail New() => new() { QueuedAt = Start, DueAt = Start, WrappedContent = [1] };
}
