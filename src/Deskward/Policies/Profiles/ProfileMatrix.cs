using System.Text.Json;
using Deskward.DesiredState;
using Deskward.Groups.Rings;

namespace Deskward.Policies.Profiles;

/// <summary>
/// The published matrix of the device profiles, as data: row by row what each profile has, and the settings that realise it on a PC, or why management cannot. What the
/// profile only allows is marked as overridable, so that a customer may be stricter.
/// </summary>
public sealed class ProfileMatrix
{
    /// <summary>Stands for whatever value a row has.</summary>
    private const string Any = "*";

    private const string ValueItself = "{value}";

    /// <summary>The matrix that the product ships.</summary>
    public static ProfileMatrix Default { get; } = Load();

    /// <summary>The rows in the order of the matrix.</summary>
    public required IReadOnlyList<MatrixRow> Rows { get; init; }

    /// <summary>The settings of a profile's policy set.</summary>
    internal IReadOnlyList<SettingLine> SettingsOf(DeviceProfile profile) => [.. Rows.SelectMany(row => row.SettingsOf(profile)).Select((line, at) => line with { Line = at + 1 })];

    private static ProfileMatrix Load()
    {
        using var stream = typeof(ProfileMatrix).Assembly.GetManifestResourceStream("Policies.device-profiles.json") ?? throw new InvalidOperationException("The product was built without the matrix of device profiles.");
        var file = JsonSerializer.Deserialize<FileOfRows>(stream, JsonSerializerOptions.Web)!;
        return new ProfileMatrix { Rows = [.. file.Rows.Select(RowOf)] };
    }

    private static MatrixRow RowOf(FileRow row) => new()
    {
        Key = row.Key,
        Values = row.Values,
        NotAvailable = row.NotAvailable,
        IsKeptByService = row.IsKeptByService,
        Settings = row.Values.ToDictionary(pair => pair.Key, pair => Lines(row, pair.Value)),
    };

    private static IReadOnlyList<SettingLine> Lines(FileRow row, string value) =>
        [.. (row.Settings is null ? [] : row.Settings.TryGetValue(value, out var own) ? own : row.Settings[Any])
            .Select(setting => new SettingLine { Name = row.Key, Path = setting.Path, Value = setting.Value == ValueItself ? value : setting.Value, IsOverridable = setting.Overridable })];

    private sealed record FileOfRows(IReadOnlyList<FileRow> Rows);

    private sealed record FileRow(string Key, IReadOnlyDictionary<DeviceProfile, string> Values, IReadOnlyDictionary<string, FileSetting[]>? Settings, string? NotAvailable, bool IsKeptByService);

    private sealed record FileSetting(string Path, string Value, bool Overridable);
}

/// <summary>A row of the matrix.</summary>
public sealed record MatrixRow
{
    /// <summary>Texts per language hang on it.</summary>
    public required string Key { get; init; }

    /// <summary>What each profile has: yes, no, or the value as it is published.</summary>
    public required IReadOnlyDictionary<DeviceProfile, string> Values { get; init; }

    /// <summary>Why management over MDM cannot set it, as a word of the product; null: it can.</summary>
    public required string? NotAvailable { get; init; }

    /// <summary>The service itself keeps it, when PCs are registered; there is nothing to set on them.</summary>
    public required bool IsKeptByService { get; init; }

    /// <summary>What each profile sets on a PC; empty: nothing.</summary>
    public required IReadOnlyDictionary<DeviceProfile, IReadOnlyList<SettingLine>> Settings { get; init; }

    /// <summary>What a profile sets on a PC.</summary>
    public IReadOnlyList<SettingLine> SettingsOf(DeviceProfile profile) => Settings[profile];
}
