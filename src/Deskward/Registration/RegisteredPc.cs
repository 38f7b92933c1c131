using Deskward.Groups.Rings;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Registration;

/// <summary>Where a registration stands.</summary>
public enum RegistrationState
{
    /// <summary>Taken from the file; not looked at yet.</summary>
    Pending,

    /// <summary>Cannot be registered; the reason says why, and the line and column where it stands.</summary>
    Failed,

    /// <summary>The PC may come.</summary>
    ReadyForUser,

    /// <summary>The PC has come. Without a sign of life for a week it is shown as inactive.</summary>
    Active,
}

/// <summary>A PC that is known before it comes: its serial number is bound to the customer, a device profile, a ring, and a name.</summary>
public sealed class RegisteredPc : ITenantOwned
{
    /// <summary>A PC that gave no sign of life for so long is inactive.</summary>
    public static readonly TimeSpan InactiveAfter = TimeSpan.FromDays(7);

    internal const int LongestSerial = 64;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>As the file has it, with its leading zeros.</summary>
    public string Serial { get; init; } = "";

    /// <summary>The serial in upper case: what is compared.</summary>
    public string SerialKey { get; init; } = "";

    public string? Manufacturer { get; init; }

    public string? Model { get; init; }

    /// <summary>The file had a hardware hash of the right form. Nothing else is done with it: only Autopilot could use it.</summary>
    public bool HasHash { get; init; }

    /// <summary>Address of the user that the file names; null when it names none.</summary>
    public string? AssignedUser { get; init; }

    public DeviceProfile Profile { get; set; }

    /// <summary>Used by several people in turn.</summary>
    public bool IsShared { get; init; }

    /// <summary>Null: the service chooses.</summary>
    public Ring? Ring { get; set; }

    /// <summary>The name that the PC is to have; null: what the template of its customer makes.</summary>
    public string? Name { get; set; }

    public RegistrationState State { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; set; }

    /// <summary>Where in the file it stood.</summary>
    public int Line { get; init; }

    /// <summary>The column of what is wrong; of a line without error, 1.</summary>
    public int Column { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>The PC; null until it came.</summary>
    public Guid? DeviceId { get; set; }

    public int Version { get; set; }
}

/// <summary>How the PCs of a customer are named. No row: they keep the names that they have.</summary>
public sealed class NameTemplates : ITenantOwned
{
    /// <summary>The organisation.</summary>
    public Guid TenantId { get; init; }

    /// <summary>Such as <c>DSK-%RAND:11%</c>; null: no renaming.</summary>
    public string? Standard { get; set; }

    /// <summary>Of kiosks; null: as the others.</summary>
    public string? Kiosk { get; set; }

    public int Version { get; set; }
}

internal sealed class RegistrationMapping : IEntityTypeConfiguration<RegisteredPc>, IEntityTypeConfiguration<NameTemplates>
{
    public void Configure(EntityTypeBuilder<RegisteredPc> builder)
    {
        builder.ToTable("registration_pcs").HasKey(row => row.Id);
        builder.Property(row => row.Serial).HasMaxLength(RegisteredPc.LongestSerial);
        builder.Property(row => row.SerialKey).HasMaxLength(RegisteredPc.LongestSerial);
        builder.Property(row => row.Manufacturer).HasMaxLength(200);
        builder.Property(row => row.Model).HasMaxLength(200);
        builder.Property(row => row.AssignedUser).HasMaxLength(320);
        builder.Property(row => row.Name).HasMaxLength(63);
        builder.Property(row => row.Error).HasMaxLength(300);
        builder.Property(row => row.Profile).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Ring).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.SerialKey });
        builder.HasIndex(row => new { row.TenantId, row.State, row.Id });
    }

    public void Configure(EntityTypeBuilder<NameTemplates> builder)
    {
        builder.ToTable("registration_names").HasKey(row => row.TenantId);
        builder.Property(row => row.Standard).HasMaxLength(60);
        builder.Property(row => row.Kiosk).HasMaxLength(60);
        builder.Property(row => row.Version).IsConcurrencyToken();
    }
}
