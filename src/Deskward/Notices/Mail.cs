using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Notices;

/// <summary>What became of a mail.</summary>
public enum MailState
{
    /// <summary>To be sent when it is due and there is a server.</summary>
    Waiting,

    /// <summary>A node is sending it, or died while it was.</summary>
    Sending,

    /// <summary>The server took it.</summary>
    Sent,

    /// <summary>Given up; a person may send it again.</summary>
    Failed,

    /// <summary>Not sent, and not to be: the link in it ended, or the reader lost access.</summary>
    Withdrawn,
}

/// <summary>The mail of a <see cref="SentNotice"/>, with the same id: a row of the outbox.</summary>
public sealed class Mail : ITenantOwned
{
    /// <summary>Longer than any attempt takes; afterwards another node may take the mail.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>What has waited so long would only confuse.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromDays(14);

    /// <summary>How long after each refusal for now it is tried again.</summary>
    internal static readonly TimeSpan[] Pauses = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(8)];

    internal const int LongestAnswer = 400;
    internal const string ReaderLeft = "The reader lost access.";

    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public Guid? PersonId { get; init; }

    public string Address { get; init; } = "";

    /// <summary>The one-time link in it; null when there is none.</summary>
    public Guid? LinkId { get; init; }

    /// <summary>What it says, wrapped by the service key, because a link in it may be a secret; null once it was sent or can no longer be.</summary>
    public byte[]? WrappedContent { get; set; }

    public MailState State { get; set; }

    /// <summary>The header's value, kept from the first attempt on: a mail that arrives twice is known by it.</summary>
    public string? MessageId { get; set; }

    /// <summary>Attempts since it was queued.</summary>
    public int Attempts { get; set; }

    /// <summary>It was once not known whether it had been sent: it may have arrived twice.</summary>
    public bool IsDoubtful { get; set; }

    public DateTimeOffset QueuedAt { get; set; }

    /// <summary>When the next attempt may begin; null when there is none to come.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public DateTimeOffset? TriedAt { get; set; }

    /// <summary>What the server said last, or why there was no answer.</summary>
    public string Answer { get; set; } = "";

    public int Version { get; set; }

    /// <summary>Whether a person may have it sent again.</summary>
    internal bool MaySendAgain => State == MailState.Failed && WrappedContent is not null;

    /// <summary>Takes it for an attempt; false when there must be none, and the state says why.</summary>
    internal bool Begin(DateTimeOffset now, string messageId)
    {
        if (State == MailState.Sending && IsDoubtful)
        {
            End(MailState.Failed, now, "It is not known whether this mail was sent; it is not sent a third time.");
            return false;
        }

        if (now - QueuedAt > LongestWait)
        {
            End(MailState.Failed, now, "This mail waited too long.");
            return false;
        }

        IsDoubtful |= State == MailState.Sending;
        (State, MessageId, TriedAt, DueAt) = (MailState.Sending, MessageId ?? messageId, now, now + Lease);
        Attempts++;
        Version++;
        return true;
    }

    /// <summary>Notes what became of the attempt.</summary>
    internal void Settle(Attempt attempt, DateTimeOffset now)
    {
        switch (attempt.Result)
        {
            case AttemptResult.Taken:
                End(MailState.Sent, now, attempt.Answer);
                WrappedContent = null;
                break;
            case AttemptResult.Refused:
            case AttemptResult.Unclear when IsDoubtful:
                End(MailState.Failed, now, attempt.Answer);
                break;
            case AttemptResult.RefusedForNow:
            case AttemptResult.Unclear:
                IsDoubtful |= attempt.Result == AttemptResult.Unclear;
                PutOff(attempt.Answer, now);
                break;
            case AttemptResult.NoServer:
                Attempts--;
                Wait(now, attempt.Answer);
                break;
        }
    }

    /// <summary>Takes it out before it was sent.</summary>
    internal void Withdraw(DateTimeOffset now, string why)
    {
        End(MailState.Withdrawn, now, why);
        WrappedContent = null;
    }

    /// <summary>A person wants it sent again.</summary>
    internal Refusal? SendAgain(DateTimeOffset now)
    {
        if (!MaySendAgain)
        {
            return Refusal.Conflict("Only a mail that failed can be sent again, and only while its content is kept.");
        }

        (Attempts, QueuedAt) = (0, now);
        Wait(now, Answer);
        return null;
    }

    private void PutOff(string answer, DateTimeOffset now)
    {
        if (Attempts > Pauses.Length)
        {
            End(MailState.Failed, now, answer);
            return;
        }

        Wait(now + Pauses[Attempts - 1], answer);
    }

    private void Wait(DateTimeOffset due, string answer)
    {
        (State, DueAt, Answer) = (MailState.Waiting, due, PlainText.Clean(answer, LongestAnswer));
        Version++;
    }

    private void End(MailState state, DateTimeOffset now, string answer)
    {
        (State, DueAt, TriedAt, Answer) = (state, null, now, PlainText.Clean(answer, LongestAnswer));
        Version++;
    }
}

internal sealed class MailMapping : IEntityTypeConfiguration<Mail>
{
    public void Configure(EntityTypeBuilder<Mail> builder)
    {
        builder.ToTable("notices_mails").HasKey(row => row.Id);
        builder.Property(row => row.Address).HasMaxLength(320);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.MessageId).HasMaxLength(320);
        builder.Property(row => row.Answer).HasMaxLength(Mail.LongestAnswer);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => row.DueAt).HasFilter("due_at IS NOT NULL");
        builder.HasIndex(row => new { row.TenantId, row.State });
        builder.HasIndex(row => row.LinkId).HasFilter("link_id IS NOT NULL");
    }
}
