using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Devices;

/// <summary>What lists of PCs filter and sort by, whether they see the whole row or the part without people.</summary>
public interface IPcState
{
    Guid Id { get; }

    Guid TenantId { get; }

    string Name { get; }

    string Search { get; }

    DeviceState State { get; }

    string? Model { get; }

    string? Serial { get; }

    string? OsBuild { get; }

    DateTimeOffset? LastSeenAt { get; }

    Guid? AssignmentSetId { get; }

    byte[]? SettledHash { get; }

    bool IsClean { get; }
}

/// <summary>A PC without people: what a provider's person sees of it without a grant. Members as in <see cref="Device"/>.</summary>
public sealed class PcState : IStandingView, IPcState
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public string HardwareId { get; init; } = "";

    public string Name { get; init; } = "";

    public string Search { get; init; } = "";

    public DeviceState State { get; init; }

    public bool IsDeviceEnrolment { get; init; }

    public string? Manufacturer { get; init; }

    public string? Model { get; init; }

    public string? Serial { get; init; }

    public string? OsBuild { get; init; }

    public int? Edition { get; init; }

    public string? Inventory { get; init; }

    public DateTimeOffset EnrolledAt { get; init; }

    public DateTimeOffset? LastSeenAt { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }

    public Guid? AssignmentSetId { get; init; }

    public byte[]? SettledHash { get; init; }

    public bool IsClean { get; init; }
}

internal sealed class PcStateMapping : IEntityTypeConfiguration<PcState>
{
    public void Configure(EntityTypeBuilder<PcState> builder)
    {
        builder.IsViewOf("devices_devices", "devices_states").HasKey(row => row.Id);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
    }
}
