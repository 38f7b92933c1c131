using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Grants;

/// <summary>What the review of a protective action found.</summary>
public enum ReviewVerdict
{
    Justified,
    NotJustified,
}

/// <summary>
/// The provider's analyst acted at a customer without asking first, because the contract allows it where a threat would not wait. Told at once,
/// reviewed by somebody else, commented on by the customer.
/// </summary>
public sealed class ProtectiveAction : IStandingReadable
{
    public const int LongestText = 2000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The customer.</summary>
    public Guid TenantId { get; init; }

    public string Duty { get; init; } = "";

    public DutyAction Action { get; init; }

    public Guid PersonId { get; init; }

    /// <summary>The sign-in address, as it was.</summary>
    public string PersonAddress { get; init; } = "";

    /// <summary>What it was done to, such as a PC; null when it is no single thing.</summary>
    public Guid? ObjectId { get; init; }

    /// <summary>The thing's name, as it was; no name of a person.</summary>
    public string ObjectName { get; init; } = "";

    public string Reason { get; init; } = "";

    public DateTimeOffset At { get; init; }

    /// <summary>How many people of the customer were told at once.</summary>
    public int Told { get; set; }

    /// <summary>The end of the last working day, by the contract and the customer's calendar, on which it is to be reviewed.</summary>
    public DateTimeOffset ReviewDueAt { get; init; }

    /// <summary>When the provider's service leads were told that the review is overdue; null: it is not, or not yet told.</summary>
    public DateTimeOffset? OverdueToldAt { get; set; }

    public DateTimeOffset? ReviewedAt { get; set; }

    public Guid? ReviewedById { get; set; }

    public string? ReviewedBy { get; set; }

    /// <summary>Null while nobody reviewed it.</summary>
    public ReviewVerdict? Verdict { get; set; }

    public string? Review { get; set; }

    public DateTimeOffset? CommentedAt { get; set; }

    public string? CommentedBy { get; set; }

    /// <summary>What the customer says to it; null: nothing yet.</summary>
    public string? Comment { get; set; }

    public int Version { get; set; }

    /// <summary>Whether the review should have been made by now.</summary>
    public bool IsOverdue(DateTimeOffset now) => ReviewedAt is null && ReviewDueAt <= now;

    internal Refusal? ReviewBy(Member lead, string address, ReviewVerdict verdict, string text, DateTimeOffset now)
    {
        if (lead.Id == PersonId)
        {
            return Refusal.NotAllowed("Nobody reviews their own action.");
        }

        if (ReviewedAt is not null)
        {
            return Refusal.Conflict("This action was reviewed already.");
        }

        if (RefuseText(text) is { } refusal)
        {
            return refusal;
        }

        (ReviewedAt, ReviewedById, ReviewedBy, Verdict, Review) = (now, lead.Id, address, verdict, text.Trim());
        Version++;
        return null;
    }

    internal Refusal? CommentBy(string address, string text, DateTimeOffset now)
    {
        if (RefuseText(text) is { } refusal)
        {
            return refusal;
        }

        (CommentedAt, CommentedBy, Comment) = (now, address, text.Trim());
        Version++;
        return null;
    }

    private static Refusal? RefuseText(string text) =>
        text.Trim().Length is 0 or > LongestText ? Refusal.Invalid($"The text must have 1 to {LongestText} characters.") : null;
}

internal sealed class ProtectiveActionMapping : IEntityTypeConfiguration<ProtectiveAction>
{
    public void Configure(EntityTypeBuilder<ProtectiveAction> builder)
    {
        builder.ToTable("grants_protective_actions").HasKey(row => row.Id);
        builder.Property(row => row.Duty).HasMaxLength(60);
        builder.Property(row => row.Action).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.PersonAddress).HasMaxLength(320);
        builder.Property(row => row.ObjectName).HasMaxLength(320);
        builder.Property(row => row.Reason).HasMaxLength(AccessRequest.LongestReason);
        builder.Property(row => row.ReviewedBy).HasMaxLength(320);
        builder.Property(row => row.Verdict).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Review).HasMaxLength(ProtectiveAction.LongestText);
        builder.Property(row => row.CommentedBy).HasMaxLength(320);
        builder.Property(row => row.Comment).HasMaxLength(ProtectiveAction.LongestText);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.ReviewedAt, row.At });
    }
}
