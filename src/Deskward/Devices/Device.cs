using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Devices;

/// <summary>Where a PC stands in its life under management.</summary>
public enum DeviceState
{
    /// <summary>Has its certificate; its sessions are answered.</summary>
    Enrolled,

    /// <summary>Told, or about to be told, to unenrol; the certificate stays valid until it says so or 30 days pass.</summary>
    Retiring,

    /// <summary>Out of management; kept for the record.</summary>
    Retired,
}

/// <summary>
/// A managed PC: one enrolment of one machine. What it should look like is a column of its assignment set, never of the device; here stands
/// only what it was last settled on.
/// </summary>
public sealed class Device : ITenantOwned, IPcState
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>DeviceID of the enrolment request and Source of its messages; 1 to 64 characters, stored in upper case.</summary>
    public string HardwareId { get; init; } = "";

    /// <summary>HWDevID of the enrolment request; null when not sent. Cloned images share it.</summary>
    public string? HardwareHash { get; set; }

    /// <summary>The PC's name; 1 to 255 characters, as it reports it.</summary>
    public string Name { get; set; } = "";

    /// <summary>Normalised name, serial and model: what the search looks at. Nothing of a person.</summary>
    public string Search { get; set; } = "";

    /// <summary>Normalised address of the user: what the search looks at too, where the organisation is open in full.</summary>
    public string PersonSearch { get; set; } = "";

    public DeviceState State { get; set; }

    /// <summary>Who enrolled it; null when the person is gone.</summary>
    public Guid? PersonId { get; set; }

    /// <summary>Address of who enrolled it, as it was.</summary>
    public string UserAddress { get; set; } = "";

    /// <summary>True: device enrolment (store My\System); false: full enrolment (My\User).</summary>
    public bool IsDeviceEnrolment { get; init; }

    public string? Manufacturer { get; set; }

    public string? Model { get; set; }

    public string? Serial { get; set; }

    /// <summary>10.0.build.revision; null until reported.</summary>
    public string? OsBuild { get; set; }

    /// <summary>SKU number of the edition (4 Enterprise, 48 Pro); null until reported.</summary>
    public int? Edition { get; set; }

    /// <summary>The other facts, as a JSON object of LocURI to value with the instant they were read; null until read.</summary>
    public string? Inventory { get; set; }

    public DateTimeOffset EnrolledAt { get; init; }

    /// <summary>Last message with a proven identity; null before the first.</summary>
    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>When it was told to leave; null while nobody told it.</summary>
    public DateTimeOffset? RetiringSince { get; set; }

    public DateTimeOffset? RetiredAt { get; set; }

    /// <summary>The assignment set it stands in (DesiredState); null when nothing has been assigned to any of its groups.</summary>
    public Guid? AssignmentSetId { get; set; }

    /// <summary>SHA-256 of the document and overlay it settled on; null while it never settled.</summary>
    public byte[]? SettledHash { get; set; }

    /// <summary>True: settled with nothing Waiting, Failed or found changed. In desired state = clean and settled on its set's hash.</summary>
    public bool IsClean { get; set; }

    public int Version { get; set; }

    /// <summary>To be called whenever one of the texts changed that the search looks at.</summary>
    public void RefreshSearch() => (Search, PersonSearch) = (SearchText.Join(Name, Serial, Model, Manufacturer), SearchText.Brief(UserAddress));
}

internal sealed class DeviceMapping : IEntityTypeConfiguration<Device>
{
    public void Configure(EntityTypeBuilder<Device> builder)
    {
        builder.ToTable("devices_devices").HasKey(row => row.Id);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.HardwareId).HasMaxLength(Protocol.Enrolment.IssueRequest.LongestDeviceId);
        builder.Property(row => row.HardwareHash).HasMaxLength(128);
        builder.Property(row => row.Name).HasMaxLength(255);
        builder.Property(row => row.Search).HasMaxLength(SearchText.Longest);
        builder.Property(row => row.PersonSearch).HasMaxLength(SearchText.LongestBrief);
        builder.Property(row => row.UserAddress).HasMaxLength(320);
        builder.Property(row => row.Manufacturer).HasMaxLength(200);
        builder.Property(row => row.Model).HasMaxLength(200);
        builder.Property(row => row.Serial).HasMaxLength(200);
        builder.Property(row => row.OsBuild).HasMaxLength(40);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.HardwareId });
        // A challenge is asked for before the organisation is known.
        builder.HasIndex(row => row.HardwareId);
        builder.HasIndex(row => row.PersonId);
        builder.HasIndex(row => row.TenantId, "ix_devices_devices_without_person").HasFilter("person_id IS NULL");
        // The search text begins with the name: one index serves the order by name and the search, and holds all that both look at.
        builder.HasIndex(row => new { row.TenantId, row.State, row.Search, row.PersonSearch, row.Id });
        builder.HasIndex(row => new { row.TenantId, row.State, row.UserAddress, row.Id });
        builder.HasIndex(row => new { row.TenantId, row.State, row.OsBuild, row.Id });
        builder.HasIndex(row => new { row.TenantId, row.HardwareHash });
        builder.HasIndex(row => new { row.TenantId, row.State, row.LastSeenAt, row.Id });
        builder.HasIndex(row => new { row.TenantId, row.State, row.AssignmentSetId, row.SettledHash, row.IsClean, row.Id });
    }
}
