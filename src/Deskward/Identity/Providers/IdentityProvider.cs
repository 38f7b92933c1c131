using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Identity.Providers;

/// <summary>The organisation's own identity provider (OpenID Connect): one, set up by an owner.</summary>
public sealed class IdentityProvider : ITenantOwned
{
    /// <summary>The organisation.</summary>
    public Guid TenantId { get; init; }

    /// <summary>As the provider writes it itself; compared letter by letter.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>What Deskward is called there.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The secret that goes with it, wrapped by the service key; null for a client without one.</summary>
    public byte[]? WrappedSecret { get; set; }

    /// <summary>
    /// The provider serves this organisation alone, so that the addresses it tells are the organisation's also where it does not say that they were
    /// verified. Otherwise only verified ones count.
    /// </summary>
    public bool IsOursAlone { get; set; }

    /// <summary>False: nobody signs in with it.</summary>
    public bool IsEnabled { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    public int Version { get; set; }

    internal static string Purpose(Guid tenant) => $"identity-provider:{tenant}";
}

internal sealed class IdentityProviderMapping : IEntityTypeConfiguration<IdentityProvider>
{
    internal const int LongestIssuer = 500;
    internal const int LongestClientId = 200;

    public void Configure(EntityTypeBuilder<IdentityProvider> builder)
    {
        builder.ToTable("identity_providers").HasKey(row => row.TenantId);
        builder.Property(row => row.Issuer).HasMaxLength(LongestIssuer);
        builder.Property(row => row.ClientId).HasMaxLength(LongestClientId);
        builder.Property(row => row.WrappedSecret).HasMaxLength(2000);
        builder.Property(row => row.Version).IsConcurrencyToken();
    }
}
