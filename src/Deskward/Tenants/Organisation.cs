using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Tenants;

/// <summary>Which side of the split an organisation stands on.</summary>
public enum OrganisationKind
{
    /// <summary>Runs the PCs of its customers; exactly one in a database.</summary>
    Provider,

    /// <summary>Owns PCs and people.</summary>
    Customer,
}

/// <summary>Where a customer stands in its life.</summary>
public enum OrganisationState
{
    Active,

    /// <summary>PCs keep their state and nothing new goes out; people sign in and read. Nothing is lost.</summary>
    Suspended,

    /// <summary>On the way out: PCs are retired, and everything is deleted at <see cref="Organisation.DeleteAt"/>. It can be undone until then.</summary>
    Leaving,

    /// <summary>Deletion has begun; there is no way back.</summary>
    Deleting,
}

/// <summary>The provider or one of its customers; its id is the tenant id of everything it owns.</summary>
public sealed class Organisation : IStandingReadable
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Equal to <see cref="Id"/>: an organisation is seen by whom it is open to.</summary>
    public Guid TenantId { get; init; }

    public OrganisationKind Kind { get; init; }

    /// <summary>As people write it; 1 to 200 characters.</summary>
    public string Name { get; set; } = "";

    /// <summary>Mail domain, lower case; binds people and enrolment to the organisation.</summary>
    public string Domain { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public OrganisationState State { get; set; }

    /// <summary>Since when it is in this state; null: from the beginning.</summary>
    public DateTimeOffset? StateSince { get; set; }

    /// <summary>Why it is not active, as the people of the organisation read it; null while it is.</summary>
    public string? StateReason { get; set; }

    /// <summary>When everything is deleted; null unless it is leaving.</summary>
    public DateTimeOffset? DeleteAt { get; set; }

    public int Version { get; set; }

    internal const int LongestReason = 500;

    /// <summary>Puts it into another state.</summary>
    internal void Move(OrganisationState state, string? reason, DateTimeOffset now, DateTimeOffset? deleteAt = null) =>
        (State, StateReason, StateSince, DeleteAt, Version) = (state, reason, now, deleteAt, Version + 1);
}

internal sealed class OrganisationMapping : IEntityTypeConfiguration<Organisation>
{
    public void Configure(EntityTypeBuilder<Organisation> builder)
    {
        builder.ToTable("tenants_organisations").HasKey(row => row.Id);
        builder.Property(row => row.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Name).HasMaxLength(200);
        builder.Property(row => row.Domain).HasMaxLength(253);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.StateReason).HasMaxLength(Organisation.LongestReason);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => row.Domain).IsUnique();
    }
}
