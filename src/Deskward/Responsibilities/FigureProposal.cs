using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Responsibilities;

/// <summary>What became of a proposal.</summary>
public enum ProposalState
{
    Waiting,
    Agreed,

    /// <summary>By the customer's owner.</summary>
    Declined,

    /// <summary>Taken back by the provider.</summary>
    Withdrawn,
}

/// <summary>
/// Another value for a figure that opens the customer to the provider: proposed by either side, agreed to by the customer's owner. Only then it becomes a
/// <see cref="ContractFigure"/>.
/// </summary>
public sealed class FigureProposal : IStandingReadable
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public string Key { get; init; } = "";

    public int Value { get; init; }

    /// <summary>The first day on which it is to hold, in the customer's calendar. Agreed to later than that, it holds from the day of the agreement, which then stands here.</summary>
    public DateOnly From { get; set; }

    /// <summary>Address of who proposed it.</summary>
    public string ProposedBy { get; init; } = "";

    /// <summary>Who proposed it, to tell them the answer.</summary>
    public Guid? ProposedById { get; init; }

    public DateTimeOffset ProposedAt { get; init; }

    public ProposalState State { get; private set; }

    /// <summary>Address of who agreed, declined or took it back; null while it waits.</summary>
    public string? AnsweredBy { get; private set; }

    public DateTimeOffset? AnsweredAt { get; private set; }

    public int Version { get; private set; }

    /// <summary>The first day on which it can hold, when nobody has agreed to it before today.</summary>
    internal DateOnly HoldsFrom(DateOnly today) => State == ProposalState.Waiting && From < today ? today : From;

    /// <summary>Ends the waiting.</summary>
    /// <returns>Null; Conflict when it was answered or taken back before.</returns>
    internal Refusal? Answer(ProposalState state, string by, DateTimeOffset now)
    {
        if (State != ProposalState.Waiting)
        {
            return Refusal.Conflict(State == ProposalState.Agreed ? "It was agreed to already." : "The proposal was taken back or declined.");
        }

        (State, AnsweredBy, AnsweredAt, Version) = (state, by, now, Version + 1);
        return null;
    }
}

internal sealed class FigureProposalMapping : IEntityTypeConfiguration<FigureProposal>
{
    public void Configure(EntityTypeBuilder<FigureProposal> builder)
    {
        builder.ToTable("responsibilities_proposals").HasKey(row => row.Id);
        builder.Property(row => row.Key).HasMaxLength(60);
        builder.Property(row => row.ProposedBy).HasMaxLength(320);
        builder.Property(row => row.AnsweredBy).HasMaxLength(320);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.Key });
    }
}
