namespace Deskward.Simulator;

/// <summary>What a PC is, apart from its keys: hardware, name, Windows. Derived from a seed; the profile overrides.</summary>
public sealed record PcIdentity
{
    /// <summary>32 upper-case hexadecimal digits: Source of every message.</summary>
    public required string DeviceId { get; init; }

    /// <summary>64 upper-case hexadecimal digits.</summary>
    public required string HardwareId { get; init; }

    public required string Name { get; init; }

    public required string Manufacturer { get; init; }

    public required string Model { get; init; }

    public required string SerialNumber { get; init; }

    /// <summary>Version of the BIOS.</summary>
    public required string Firmware { get; init; }

    /// <summary>10.0.build.revision.</summary>
    public required string OsVersion { get; init; }

    /// <summary>SKU number: 4 is Enterprise, 48 is Pro.</summary>
    public required int Edition { get; init; }

    public required string Locale { get; init; }

    /// <summary>First the wired adapter, then the wireless one; AA-BB-CC-DD-EE-FF.</summary>
    public required IReadOnlyList<string> MacAddresses { get; init; }

    /// <summary>Private address of the connected adapter.</summary>
    public required string Address { get; init; }

    public required int MemoryMegabytes { get; init; }

    public required int StorageMegabytes { get; init; }

    public required int FreeStorageMegabytes { get; init; }

    private static readonly (string Manufacturer, string Model)[] s_models =
    [
        ("Dell Inc.", "Latitude 5450"), ("HP", "HP EliteBook 840 14 inch G11"), ("LENOVO", "21ML0014GE"),
        ("Microsoft Corporation", "Surface Laptop 6 for Business"), ("Dell Inc.", "OptiPlex Micro 7020"),
    ];

    internal static PcIdentity From(Seed seed, PcProfile profile)
    {
        var (manufacturer, model) = seed.One<(string, string)>("model", s_models);
        var storage = seed.One<int>("storage", [244_198, 488_386, 976_762]);
        return new PcIdentity
        {
            DeviceId = seed.Hex("device", 32),
            HardwareId = seed.Hex("hardware", 64),
            Name = profile.Name ?? "DESKTOP-" + seed.Code("name", 7),
            Manufacturer = profile.Manufacturer ?? manufacturer,
            Model = profile.Model ?? model,
            SerialNumber = profile.SerialNumber ?? seed.Code("serial", 7),
            Firmware = string.Create(null, $"1.{seed.Number("firmware", 20)}.{seed.Number("firmware patch", 9)}"),
            OsVersion = profile.OsVersion ?? seed.One<string>("build", ["10.0.22631.4169", "10.0.22631.5335", "10.0.26100.4061", "10.0.26200.6584"]),
            Edition = profile.Edition ?? seed.One<int>("edition", [4, 48]),
            Locale = profile.Locale,
            MacAddresses = [Mac(seed, "wired"), Mac(seed, "wireless")],
            Address = string.Create(null, $"10.{seed.Number("net", 200)}.{seed.Number("subnet", 250)}.{1 + seed.Number("host", 250)}"),
            MemoryMegabytes = seed.One<int>("memory", [8_192, 16_384, 32_768]),
            StorageMegabytes = storage,
            FreeStorageMegabytes = storage * (20 + seed.Number("free", 60)) / 100,
        };
    }

    // The second digit says "administered locally", so that no address of a real maker is taken.
    private static string Mac(Seed seed, string adapter) => "02-" + string.Join('-', seed.Hex(adapter, 10).Chunk(2).Select(pair => new string(pair)));
}
