using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Grants;

/// <summary>Where a request for access stands.</summary>
public enum AccessState
{
    /// <summary>Waits for the second person.</summary>
    Requested,

    /// <summary>A grant: the role is open until <see cref="AccessRequest.Until"/>.</summary>
    Approved,

    /// <summary>The second person said no.</summary>
    Declined,

    /// <summary>Taken back before anybody answered.</summary>
    Withdrawn,

    /// <summary>Nobody answered in <see cref="AccessRequest.AnswerWithin"/>.</summary>
    Lapsed,

    /// <summary>Was a grant, and is over.</summary>
    Ended,
}

/// <summary>Who the second person was.</summary>
public enum SecondPerson
{
    Provider,
    Customer,

    /// <summary>The customer allowed the role beforehand, without being asked each time.</summary>
    Contract,
}

/// <summary>How a grant ended.</summary>
public enum AccessEnding
{
    Engineer,
    Customer,
    Time,

    /// <summary>The person was disabled, or lost the role at the provider.</summary>
    RoleLost,

    /// <summary>The service was restored from a backup: whether it had ended since was not known any more.</summary>
    Restore,
}

/// <summary>
/// A provider's person asks for one of their roles at one customer, for some hours; once approved, it is the grant. Names no data of the
/// customer, so that the provider sees what waits.
/// </summary>
public sealed class AccessRequest : IStandingReadable
{
    public const int ShortestReason = 10;
    public const int LongestReason = 500;
    public const int MostHours = 8;

    /// <summary>How long a request waits for its answer.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromHours(24);

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The customer.</summary>
    public Guid TenantId { get; init; }

    public Guid PersonId { get; init; }

    public string PersonName { get; init; } = "";

    /// <summary>The sign-in address, as it was.</summary>
    public string PersonAddress { get; init; } = "";

    /// <summary>A role of the provider.</summary>
    public Role Role { get; init; }

    public string Reason { get; init; } = "";

    /// <summary>1 to <see cref="MostHours"/>.</summary>
    public int Hours { get; init; }

    /// <summary>As stored; time may have gone on: see <see cref="StateAt"/>.</summary>
    public AccessState State { get; set; }

    public DateTimeOffset RequestedAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>Who approved or declined; null: nobody yet, or the contract.</summary>
    public Guid? AnsweredById { get; set; }

    public string? AnsweredBy { get; set; }

    /// <summary>Which side approved; null while nobody did.</summary>
    public SecondPerson? ApprovedAs { get; set; }

    /// <summary>When the grant began; null without one.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>When the grant ends by itself; null without one.</summary>
    public DateTimeOffset? Until { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Who ended the grant; null: nobody, it ended by itself.</summary>
    public string? EndedBy { get; set; }

    public AccessEnding? Ending { get; set; }

    public int Version { get; set; }

    /// <summary>The state now, whether it was written already or not.</summary>
    public AccessState StateAt(DateTimeOffset now) => State switch
    {
        AccessState.Requested when RequestedAt + AnswerWithin <= now => AccessState.Lapsed,
        AccessState.Approved when Until <= now => AccessState.Ended,
        _ => State,
    };

    /// <summary>Refuses an answer from the asker, and one that comes too late.</summary>
    internal Refusal? Answer(bool approve, Answerer by, DateTimeOffset now)
    {
        if (by.Id == PersonId)
        {
            return Refusal.NotAllowed("Nobody answers their own request.");
        }

        if (StateAt(now) != AccessState.Requested)
        {
            return Refusal.Conflict("This request was answered already, or has lapsed.");
        }

        (AnsweredAt, AnsweredById, AnsweredBy) = (now, by.Id, by.Name);
        State = approve ? AccessState.Approved : AccessState.Declined;
        if (approve)
        {
            (ApprovedAs, Since, Until) = (by.As, now, now.AddHours(Hours));
        }

        Version++;
        return null;
    }

    /// <summary>Takes back a request, or ends a grant.</summary>
    /// <param name="by">Who ends it.</param>
    /// <param name="ending">In which part.</param>
    /// <param name="now">When.</param>
    internal Refusal? End(Answerer by, AccessEnding ending, DateTimeOffset now)
    {
        switch (StateAt(now))
        {
            case AccessState.Requested when ending != AccessEnding.Customer:
                State = AccessState.Withdrawn;
                break;
            case AccessState.Approved:
                (State, Ending, EndedBy) = (AccessState.Ended, ending, by.Id is null ? null : by.Name);
                break;
            default:
                return Refusal.Conflict("There is nothing to end any more.");
        }

        EndedAt = now;
        Version++;
        return null;
    }

    /// <summary>Writes down what time has done.</summary>
    internal void Settle(DateTimeOffset now)
    {
        var state = StateAt(now);
        if (state != State)
        {
            EndedAt = state == AccessState.Ended ? Until : RequestedAt + AnswerWithin;
            (State, Ending, Version) = (state, state == AccessState.Ended ? AccessEnding.Time : null, Version + 1);
        }
    }
}

/// <summary>The one who answers or ends.</summary>
/// <param name="Id">The person; null: the contract, or the service.</param>
/// <param name="Name">Address, as it was.</param>
/// <param name="As">Which side.</param>
internal readonly record struct Answerer(Guid? Id, string Name, SecondPerson As);

internal sealed class AccessRequestMapping : IEntityTypeConfiguration<AccessRequest>
{
    public void Configure(EntityTypeBuilder<AccessRequest> builder)
    {
        builder.ToTable("grants_requests").HasKey(row => row.Id);
        builder.Property(row => row.PersonName).HasMaxLength(200);
        builder.Property(row => row.PersonAddress).HasMaxLength(320);
        builder.Property(row => row.Role).HasConversion<string>().HasMaxLength(30);
        builder.Property(row => row.Reason).HasMaxLength(AccessRequest.LongestReason);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.AnsweredBy).HasMaxLength(320);
        builder.Property(row => row.ApprovedAs).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.EndedBy).HasMaxLength(320);
        builder.Property(row => row.Ending).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.RequestedAt });
        // Asked with each request of a provider's person, before any customer is open.
        builder.HasIndex(row => new { row.PersonId, row.State });
    }
}
