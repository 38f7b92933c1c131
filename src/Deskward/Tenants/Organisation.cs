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

/// <summary>The provider or one of its customers; its id is the tenant id of everything it owns.</summary>
public sealed class Organisation : ITenantOwned
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

    public int Version { get; set; }
}

internal sealed class OrganisationMapping : IEntityTypeConfiguration<Organisation>
{
    public void Configure(EntityTypeBuilder<Organisation> builder)
    {
        builder.ToTable("tenants_organisations").HasKey(row => row.Id);
        builder.Property(row => row.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Name).HasMaxLength(200);
        builder.Property(row => row.Domain).HasMaxLength(253);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => row.Domain).IsUnique();
    }
}
