using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Identity.Factors;

/// <summary>The authenticator app of a person: the secret that app and service share, wrapped by the service key.</summary>
public sealed class Authenticator : ITenantOwned
{
    /// <summary>The person; one app each.</summary>
    public Guid PersonId { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>The secret in use; null until the first code proved that the app has it.</summary>
    public byte[]? WrappedSecret { get; set; }

    /// <summary>A secret that is being set up; null when none is.</summary>
    public byte[]? WrappedPending { get; set; }

    public DateTimeOffset? PendingAt { get; set; }

    /// <summary>Since when the secret is in use.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>The step of the last code that was accepted: neither it nor an earlier one is accepted again.</summary>
    public long LastStep { get; set; }

    public int Version { get; set; }
}

internal sealed class AuthenticatorMapping : IEntityTypeConfiguration<Authenticator>
{
    public void Configure(EntityTypeBuilder<Authenticator> builder)
    {
        builder.ToTable("identity_authenticators").HasKey(row => row.PersonId);
        builder.Property(row => row.WrappedSecret).HasMaxLength(100);
        builder.Property(row => row.WrappedPending).HasMaxLength(100);
        builder.Property(row => row.Version).IsConcurrencyToken();
    }
}
