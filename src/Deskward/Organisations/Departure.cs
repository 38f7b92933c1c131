using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Organisations;

/// <summary>A customer's wish to leave: asked for by its owner, approved by the provider's owner, undone by either until deletion begins.</summary>
public sealed class Departure : IStandingReadable
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public string Reason { get; init; } = "";

    public DateTimeOffset AskedAt { get; init; }

    public DateTimeOffset? ApprovedAt { get; set; }

    /// <summary>Address of the provider's owner, or the operator's name.</summary>
    public string? ApprovedBy { get; set; }

    /// <summary>Why the customer was suspended when it was approved, which it is again when this is undone; null: it was not.</summary>
    public string? SuspendedBefore { get; set; }

    public DateTimeOffset? UndoneAt { get; set; }

    /// <summary>When the customer's data was last taken out; null: never.</summary>
    public DateTimeOffset? ExportedAt { get; set; }

    public int Version { get; set; }
}

internal sealed class DepartureMapping : IEntityTypeConfiguration<Departure>
{
    public void Configure(EntityTypeBuilder<Departure> builder)
    {
        builder.ToTable("organisations_departures").HasKey(row => row.Id);
        builder.Property(row => row.Reason).HasMaxLength(Organisation.LongestReason);
        builder.Property(row => row.SuspendedBefore).HasMaxLength(Organisation.LongestReason);
        builder.Property(row => row.ApprovedBy).HasMaxLength(320);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.AskedAt });
    }
}

/// <summary>Queries of departures.</summary>
internal static class DepartureQueries
{
    extension(IQueryable<Departure> rows)
    {
        /// <summary>The one that was asked for and not undone; null when there is none.</summary>
        internal Task<Departure?> OpenOfAsync(Guid customer, CancellationToken cancellationToken) =>
            rows.Where(row => row.TenantId == customer && row.UndoneAt == null).OrderByDescending(row => row.AskedAt).FirstOrDefaultAsync(cancellationToken);
    }
}
