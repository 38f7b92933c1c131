using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Policies.Exceptions;

/// <summary>What an exception is for, as the service publishes it.</summary>
public enum ExceptionType
{
    ProductivitySoftware,
    SecurityAgents,
    DigitalExperienceMonitoring,
    Policies,
}

/// <summary>Where an exception stands.</summary>
public enum ExceptionState
{
    /// <summary>Waits for the provider.</summary>
    Submitted,

    /// <summary>Holds until its agreed end; being revoked when <see cref="ExceptionRequest.RevokedOn"/> says so.</summary>
    Approved,

    Refused,

    /// <summary>Taken back before it was decided.</summary>
    Withdrawn,

    Ended,
}

/// <summary>How an exception ended.</summary>
public enum ExceptionEnding
{
    /// <summary>The agreed end came.</summary>
    AgreedEnd,

    /// <summary>The customer ended it, or agreed to its removal.</summary>
    Consent,

    /// <summary>Its assignment was taken away elsewhere.</summary>
    Unassigned,
}

/// <summary>
/// A policy change request: the customer asks for another value than the service's, the provider weighs it by the published criteria. Approved, its settings are
/// a policy set in the layer of exceptions. It goes at its agreed end, or when the customer consents; never because the provider revoked it.
/// </summary>
public sealed class ExceptionRequest : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>1, 2, 3 ... within the customer: what people call it.</summary>
    public int Number { get; init; }

    public ExceptionType Type { get; init; }

    /// <summary>The business reason.</summary>
    public string Requirement { get; init; } = "";

    /// <summary>The solution that is proposed.</summary>
    public string Proposal { get; init; } = "";

    /// <summary>How long it is wanted: the last day, in the customer's calendar.</summary>
    public DateOnly WantedUntil { get; init; }

    /// <summary>The PCs it is for.</summary>
    public Guid GroupId { get; init; }

    /// <summary>The settings as they were typed, a line each; empty when it is about something that is no setting.</summary>
    public string Settings { get; init; } = "";

    public ExceptionState State { get; set; }

    public Guid? AskedById { get; init; }

    public string AskedBy { get; init; } = "";

    public DateTimeOffset AskedAt { get; init; }

    /// <summary>The criteria that the provider found to hold.</summary>
    public ExceptionCriteria Criteria { get; set; }

    public ExceptionNeed? Need { get; set; }

    /// <summary>What the provider said of it.</summary>
    public string? Answer { get; set; }

    public string? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>The last day on which it holds; null until it is approved.</summary>
    public DateOnly? AgreedEnd { get; set; }

    public Guid? PolicySetId { get; set; }

    /// <summary>Null where it has no settings, and once they are taken away.</summary>
    public Guid? AssignmentId { get; set; }

    /// <summary>Day 0 of its revocation; null while it is not being revoked.</summary>
    public DateOnly? RevokedOn { get; set; }

    /// <summary>After how many days the service level is lost: as the contract has it, or fewer after a severe incident.</summary>
    public int RevokedDays { get; set; }

    public string? RevokedBy { get; set; }

    public string? RevokeReason { get; set; }

    public string? RevokeAdvice { get; set; }

    /// <summary>Since when its PCs stand outside the service level; null: they do not.</summary>
    public DateOnly? ServiceLevelLostOn { get; set; }

    public string? Appeal { get; set; }

    public string? AppealedBy { get; set; }

    public DateTimeOffset? AppealedAt { get; set; }

    public string? AppealAnswer { get; set; }

    /// <summary>Null while an appeal waits for its answer.</summary>
    public DateTimeOffset? AppealAnsweredAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public ExceptionEnding? Ending { get; set; }

    public int Version { get; set; }

    internal bool IsBeingRevoked => State == ExceptionState.Approved && RevokedOn is not null;

    internal bool AppealWaits => IsBeingRevoked && AppealedAt is not null && AppealAnsweredAt is null;

    /// <summary>Whether somebody at the provider must do something now.</summary>
    internal bool WaitsForProvider => State == ExceptionState.Submitted || AppealWaits;
}

/// <summary>A notice of the calendar that went out: no other node sends it again, and people see when it was.</summary>
public sealed class ExceptionNotice : ITenantOwned
{
    public Guid ExceptionId { get; init; }

    public Guid TenantId { get; init; }

    public ExceptionNoticeKind Kind { get; init; }

    /// <summary>The day it counts from, the agreed end or day 0: after an appeal was granted, a new revocation tells anew.</summary>
    public DateOnly Anchor { get; init; }

    /// <summary>The day on which it went out, in the customer's calendar.</summary>
    public DateOnly Day { get; init; }
}

internal sealed class ExceptionRequestMapping : IEntityTypeConfiguration<ExceptionRequest>, IEntityTypeConfiguration<ExceptionNotice>
{
    internal const int LongestText = 2000;
    internal const int LongestSettings = 20_000;

    public void Configure(EntityTypeBuilder<ExceptionRequest> builder)
    {
        builder.ToTable("policies_exceptions").HasKey(row => row.Id);
        builder.Property(row => row.Type).HasConversion<string>().HasMaxLength(40);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Criteria).HasConversion<string>().HasMaxLength(100);
        builder.Property(row => row.Need).HasConversion<string>().HasMaxLength(30);
        builder.Property(row => row.Ending).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Settings).HasMaxLength(LongestSettings);
        foreach (var text in (string[])[nameof(ExceptionRequest.Requirement), nameof(ExceptionRequest.Proposal), nameof(ExceptionRequest.Answer), nameof(ExceptionRequest.RevokeReason),
            nameof(ExceptionRequest.RevokeAdvice), nameof(ExceptionRequest.Appeal), nameof(ExceptionRequest.AppealAnswer)])
        {
            builder.Property(text).HasMaxLength(LongestText);
        }

        foreach (var address in (string[])[nameof(ExceptionRequest.AskedBy), nameof(ExceptionRequest.DecidedBy), nameof(ExceptionRequest.RevokedBy), nameof(ExceptionRequest.AppealedBy)])
        {
            builder.Property(address).HasMaxLength(320);
        }

        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.Number }).IsUnique();
        builder.HasIndex(row => new { row.TenantId, row.State });
    }

    public void Configure(EntityTypeBuilder<ExceptionNotice> builder)
    {
        builder.ToTable("policies_exception_notices").HasKey(row => new { row.ExceptionId, row.Kind, row.Anchor });
        builder.Property(row => row.Kind).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(row => new { row.TenantId, row.ExceptionId });
    }
}
