using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Grants;

/// <summary>
/// What the customer allows beforehand, where the contract has automatic access at all (<c>access.automatic</c>). A customer without a row allows
/// nothing.
/// </summary>
public sealed class AccessTerms : IStandingReadable
{
    /// <summary>The customer; one row each.</summary>
    public Guid TenantId { get; init; }

    /// <summary>Roles of the provider that are granted as soon as they are asked for; none at first.</summary>
    public RoleSet AutomaticRoles { get; set; }

    public int Version { get; set; }
}

internal sealed class AccessTermsMapping : IEntityTypeConfiguration<AccessTerms>
{
    public void Configure(EntityTypeBuilder<AccessTerms> builder)
    {
        builder.ToTable("grants_terms").HasKey(row => row.TenantId);
        builder.Property(row => row.AutomaticRoles).HasConversion(roles => roles.Bits, bits => new RoleSet(bits));
        builder.Property(row => row.Version).IsConcurrencyToken();
    }
}
