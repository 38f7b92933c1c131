using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Identity.Factors;

/// <summary>What a code that was printed once is for.</summary>
public enum OneTimeCodeKind
{
    /// <summary>Stands for the second factor when phone or key are not at hand.</summary>
    Recovery,

    /// <summary>Breaks the glass: signs an owner in when nothing else does. Its use is an alarm.</summary>
    Emergency,
}

/// <summary>A code that its owner has on paper; here lies a keyed hash.</summary>
public sealed class OneTimeCode : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid PersonId { get; init; }

    public OneTimeCodeKind Kind { get; init; }

    public byte[] Hash { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null until it was used.</summary>
    public DateTimeOffset? UsedAt { get; init; }
}

internal sealed class OneTimeCodeMapping : IEntityTypeConfiguration<OneTimeCode>
{
    public void Configure(EntityTypeBuilder<OneTimeCode> builder)
    {
        builder.ToTable("identity_one_time_codes").HasKey(row => row.Id);
        builder.Property(row => row.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Hash).HasMaxLength(32);
        builder.HasIndex(row => new { row.PersonId, row.Kind, row.Hash }).IsUnique();
    }
}
