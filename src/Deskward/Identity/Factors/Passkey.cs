using Deskward.Platform;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Identity.Factors;

/// <summary>A key of a person that lies in a phone, a computer or a security key (WebAuthn). Only its public half is here.</summary>
public sealed class Passkey : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid PersonId { get; init; }

    /// <summary>What the authenticator calls it; at most 1023 bytes (WebAuthn, 4).</summary>
    public byte[] CredentialId { get; init; } = [];

    /// <summary>In COSE.</summary>
    public byte[] PublicKey { get; init; } = [];

    /// <summary>As its owner calls it.</summary>
    public string Name { get; set; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null until it was first used.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>When the last question was asked that it answered: an answer to this or an earlier question is a repetition.</summary>
    public DateTimeOffset AskedAt { get; init; }

    /// <summary>The counter of signatures, of authenticators that keep one.</summary>
    public long SignCount { get; set; }

    /// <summary>How the browser reaches it, separated by commas.</summary>
    public string Transports { get; init; } = "";

    public bool IsUserVerified { get; set; }

    public bool IsBackupEligible { get; init; }

    public bool IsBackedUp { get; set; }

    internal UserPasskeyInfo AsInfo() =>
        new(CredentialId, PublicKey, CreatedAt, (uint)SignCount, Transports.Split(',', StringSplitOptions.RemoveEmptyEntries), IsUserVerified, IsBackupEligible, IsBackedUp, [], []) { Name = Name };
}

internal sealed class PasskeyMapping : IEntityTypeConfiguration<Passkey>
{
    public void Configure(EntityTypeBuilder<Passkey> builder)
    {
        builder.ToTable("identity_passkeys").HasKey(row => row.Id);
        builder.Property(row => row.CredentialId).HasMaxLength(1023);
        builder.Property(row => row.Name).HasMaxLength(100);
        builder.Property(row => row.Transports).HasMaxLength(100);
        builder.HasIndex(row => row.CredentialId).IsUnique();
        builder.HasIndex(row => row.PersonId);
    }
}
