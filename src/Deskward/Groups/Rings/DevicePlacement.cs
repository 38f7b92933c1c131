using System.Text;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Groups.Rings;

/// <summary>The rings, in the order in which changes reach them.</summary>
public enum Ring
{
    /// <summary>Filled by people alone, never by itself.</summary>
    Test,
    First,
    Fast,
    Broad,
}

/// <summary>The device profiles. A PC has exactly one, whoever uses it.</summary>
public enum DeviceProfile
{
    Standard,
    SensitiveData,
    PowerUser,
    Kiosk,
}

/// <summary>Whose decision the ring of a PC is.</summary>
public enum RingBy
{
    /// <summary>The service's.</summary>
    Auto,

    /// <summary>An administrator's; it stays until somebody decides otherwise.</summary>
    Admin,

    /// <summary>An administrator decided; the PC is about to move, and meanwhile stands where it was.</summary>
    Pending,
}

/// <summary>
/// What was decided about a PC: its ring and its device profile. The groups are written from this, and from this alone. A seal of the service key lies over
/// what was decided, so that a change made past the service is found.
/// </summary>
public sealed class DevicePlacement : ITenantOwned
{
    public Guid DeviceId { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>Null: in quarantine, in no ring and no profile.</summary>
    public Ring? Ring { get; set; }

    /// <summary>An administrator chose the ring.</summary>
    public bool IsPinned { get; set; }

    /// <summary>It is about to move.</summary>
    public bool IsMoving { get; set; }

    /// <summary>Where it is about to move; null: it is not, or to where the service puts it.</summary>
    public Ring? WantedRing { get; set; }

    /// <summary>Null: in quarantine.</summary>
    public DeviceProfile? Profile { get; set; }

    /// <summary>Since when the ring is the present one.</summary>
    public DateTimeOffset RingSince { get; set; }

    public DateTimeOffset ProfileSince { get; set; }

    /// <summary>Keyed hash of what was decided.</summary>
    public byte[] Seal { get; set; } = [];

    public int Version { get; set; }

    public RingBy By => IsMoving ? RingBy.Pending : IsPinned ? RingBy.Admin : RingBy.Auto;

    /// <summary>Unregistered where the contract asks for registration: it gets what goes to all PCs and nothing else.</summary>
    public bool IsQuarantined => Ring is null;

    /// <summary>What the audit keeps of a decision, and what it is restored from.</summary>
    internal PlacementView View => new(Ring?.ToString(), IsPinned, Profile?.ToString());

    internal void SealWith(ServiceKey key) => Seal = SealOf(key);

    internal bool IsSealedBy(ServiceKey key) => Seal.AsSpan().SequenceEqual(SealOf(key));

    private byte[] SealOf(ServiceKey key) =>
        key.Hash(Encoding.ASCII.GetBytes($"{DeviceId}|{TenantId}|{Ring}|{IsPinned}|{IsMoving}|{WantedRing}|{Profile}"), "device-placement");
}

/// <summary>A decision as the audit tells it.</summary>
internal sealed record PlacementView(string? Ring, bool IsPinned, string? Profile);

/// <summary>How many PCs stand in each ring, so that placing one need not count the fleet. Counted anew every hour.</summary>
public sealed class RingTally : ITenantOwned
{
    /// <summary>The organisation.</summary>
    public Guid TenantId { get; init; }

    public int Test { get; set; }

    public int First { get; set; }

    public int Fast { get; set; }

    public int Broad { get; set; }

    internal int this[Ring ring]
    {
        get => ring switch { Ring.Test => Test, Ring.First => First, Ring.Fast => Fast, Ring.Broad => Broad };
        set
        {
            switch (ring)
            {
                case Ring.Test:
                    Test = value;
                    break;
                case Ring.First:
                    First = value;
                    break;
                case Ring.Fast:
                    Fast = value;
                    break;
                case Ring.Broad:
                    Broad = value;
                    break;
            }
        }
    }
}

internal sealed class RingsMapping : IEntityTypeConfiguration<DevicePlacement>, IEntityTypeConfiguration<RingTally>
{
    public void Configure(EntityTypeBuilder<DevicePlacement> builder)
    {
        builder.ToTable("groups_placements").HasKey(row => row.DeviceId);
        builder.Property(row => row.Ring).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.WantedRing).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Profile).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.Ignore(row => row.By);
        builder.Ignore(row => row.IsQuarantined);
        builder.Ignore(row => row.View);
        builder.HasIndex(row => new { row.TenantId, row.Ring });
        builder.HasIndex(row => row.TenantId, "ix_groups_placements_moving").HasFilter("is_moving");
    }

    public void Configure(EntityTypeBuilder<RingTally> builder) => builder.ToTable("groups_ring_tallies").HasKey(row => row.TenantId);
}
