using Deskward.Devices;

namespace Deskward.Groups.Rules;

/// <summary>What a rule can ask of a PC. The order is that of the bits in <see cref="AttributeSet"/>, which is kept in the database.</summary>
internal enum PcAttribute
{
    AccountEnabled,
    DeviceId,
    ObjectId,
    DisplayName,
    Manufacturer,
    Model,
    OsType,
    OsVersion,
    ManagementType,
    Ownership,
    ProfileName,
    PhysicalIds,
}

/// <summary>Attributes as bits.</summary>
internal readonly record struct AttributeSet(int Bits)
{
    internal static AttributeSet All { get; } = new((1 << PcAttributes.Count) - 1);

    internal static AttributeSet Of(PcAttribute attribute) => new(1 << (int)attribute);

    internal bool Overlaps(AttributeSet other) => (Bits & other.Bits) != 0;

    internal AttributeSet With(AttributeSet other) => new(Bits | other.Bits);
}

/// <summary>The attributes under the names that Entra gives them.</summary>
internal static class PcAttributes
{
    internal const int Count = 12;

    private static readonly Dictionary<string, PcAttribute> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["accountEnabled"] = PcAttribute.AccountEnabled, ["deviceId"] = PcAttribute.DeviceId, ["objectId"] = PcAttribute.ObjectId, ["displayName"] = PcAttribute.DisplayName,
        ["deviceManufacturer"] = PcAttribute.Manufacturer, ["deviceModel"] = PcAttribute.Model, ["deviceOSType"] = PcAttribute.OsType, ["deviceOSVersion"] = PcAttribute.OsVersion,
        ["managementType"] = PcAttribute.ManagementType, ["deviceOwnership"] = PcAttribute.Ownership, ["enrollmentProfileName"] = PcAttribute.ProfileName,
        ["devicePhysicalIds"] = PcAttribute.PhysicalIds,
    };

    /// <summary>Their names, as the page and the refusals tell them.</summary>
    internal static IEnumerable<string> Names => ByName.Keys;

    /// <summary>The attribute of that name, without case; null when there is none.</summary>
    internal static PcAttribute? Find(string name) => ByName.TryGetValue(name, out var found) ? found : null;

    /// <summary>Holds several values, so that a rule asks for any or all of them.</summary>
    internal static bool IsMany(PcAttribute attribute) => attribute == PcAttribute.PhysicalIds;
}

/// <summary>What rules see of one PC. What is not known is null, never empty.</summary>
internal sealed class PcFacts
{
    internal const string Enabled = "true";
    private readonly string?[] _single = new string?[PcAttributes.Count];

    internal required Guid Id { get; init; }

    internal IReadOnlyList<string> PhysicalIds { get; private init; } = [];

    /// <summary>The value of an attribute that holds one.</summary>
    internal string? this[PcAttribute attribute]
    {
        get => _single[(int)attribute];
        init => _single[(int)attribute] = value;
    }

    /// <summary>Of a PC as it stands.</summary>
    /// <param name="device">The PC.</param>
    /// <param name="profile">Its device profile; null while it has none.</param>
    internal static PcFacts Of(FactsRow device, string? profile) => new()
    {
        Id = device.Id,
        [PcAttribute.AccountEnabled] = device.State == DeviceState.Enrolled ? Enabled : "false",
        [PcAttribute.DeviceId] = device.HardwareId,
        [PcAttribute.ObjectId] = device.Id.ToString(),
        [PcAttribute.DisplayName] = device.Name,
        [PcAttribute.Manufacturer] = Known(device.Manufacturer),
        [PcAttribute.Model] = Known(device.Model),
        [PcAttribute.OsType] = "Windows",
        [PcAttribute.OsVersion] = Known(device.OsBuild),
        [PcAttribute.ManagementType] = "MDM",
        [PcAttribute.Ownership] = "Company",
        [PcAttribute.ProfileName] = profile,
        PhysicalIds = [.. new[] { ("[HWID]:", device.HardwareHash), ("[SerialNumber]:", device.Serial) }.Where(pair => Known(pair.Item2) is not null).Select(pair => pair.Item1 + pair.Item2)],
    };

    private static string? Known(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>The columns of a PC that rules look at.</summary>
internal sealed record FactsRow(Guid Id, DeviceState State, string HardwareId, string Name)
{
    internal string? Manufacturer { get; init; }

    internal string? Model { get; init; }

    internal string? OsBuild { get; init; }

    internal string? HardwareHash { get; init; }

    internal string? Serial { get; init; }
}

internal static class FactsOfDevices
{
    extension(Device device)
    {
        internal FactsRow AsFacts() => new(device.Id, device.State, device.HardwareId, device.Name)
        {
            Manufacturer = device.Manufacturer, Model = device.Model, OsBuild = device.OsBuild, HardwareHash = device.HardwareHash, Serial = device.Serial,
        };
    }
}
