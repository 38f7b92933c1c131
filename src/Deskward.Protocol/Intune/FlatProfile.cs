using System.Globalization;
using System.Text.Json;

namespace Deskward.Protocol.Intune;

/// <summary>What a property of a profile becomes.</summary>
internal delegate void PropertyRule(ImportSheet sheet, ImportRow row, JsonElement value);

/// <summary>Reads profiles whose settings are properties: one row each, in the order of the file. What is null or an empty list is no setting.</summary>
internal static class FlatProfile
{
    // What a profile says of itself, not of PCs.
    private static readonly HashSet<string> About = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "displayName", "name", "description", "version", "createdDateTime", "lastModifiedDateTime", "roleScopeTagIds", "supportsScopeTags", "assignments",
        "groupAssignments", "deviceStatuses", "userStatuses", "deviceStatusOverview", "userStatusOverview", "deviceSettingStateSummaries", "isAssigned", "creationSource",
    };

    private static readonly HashSet<string> Unset = new(StringComparer.OrdinalIgnoreCase)
    {
        "notConfigured", "userDefined", "deviceDefault", "windowsDefault", "unavailable", "undefined",
    };

    /// <summary>Reads the properties; one without a rule is not supported.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="sheet">What comes of it.</param>
    /// <param name="rules">What properties become.</param>
    /// <param name="about">Further properties that are no settings.</param>
    public static void Read(GraphObject profile, ImportSheet sheet, IReadOnlyDictionary<string, PropertyRule> rules, params string[] about)
    {
        foreach (var property in profile.Properties())
        {
            if (About.Contains(property.Name) || about.Contains(property.Name, StringComparer.OrdinalIgnoreCase) || IsNothing(property.Value))
            {
                continue;
            }
            var row = sheet.Begin(property.Name);
            row.Value = TextOf(property.Value);
            if (IsUnset(property.Value))
            {
                (row.State, row.Reason) = (ImportState.Accepted, Reasons.NotConfigured);
            }
            else if (rules.GetValueOrDefault(property.Name) is { } rule)
            {
                rule(sheet, row, property.Value);
            }
            else
            {
                row.Refuse(Reasons.Unknown(property.Name));
            }
        }
    }

    public static PropertyRule Number(string path, string? change = null) => (sheet, row, value) => sheet.Write(row, path, TextOf(value) ?? "", change: change);

    public static PropertyRule Flag(string path, string yes = "1", string no = "0") => (sheet, row, value) => sheet.Write(row, path, value.ValueKind == JsonValueKind.True ? yes : no);

    /// <summary>One of a list of words, each with the value that Windows has for it; null means that nothing is sent.</summary>
    public static PropertyRule Choice(string path, params (string Word, string? Value)[] words) => (sheet, row, value) => Choose(sheet, row, path, TextOf(value) ?? "", words);

    public static void Choose(ImportSheet sheet, ImportRow row, string path, string word, params (string Word, string? Value)[] words)
    {
        var found = Array.Find(words, one => one.Word.Equals(word, StringComparison.OrdinalIgnoreCase));
        if (found.Word is null)
        {
            row.Refuse(Reasons.BadProperty(word));
        }
        else if (found.Value is null)
        {
            (row.State, row.Reason) = (ImportState.Accepted, Reasons.NotConfigured);
        }
        else
        {
            sheet.Write(row, path, found.Value);
        }
    }

    /// <summary>Something that Windows has no setting for; false means that it is not wanted.</summary>
    public static PropertyRule No(string reason) => (_, row, value) =>
    {
        if (value.ValueKind == JsonValueKind.False)
        {
            (row.State, row.Reason) = (ImportState.Accepted, Reasons.NotConfigured);
        }
        else
        {
            row.Refuse(reason);
        }
    };

    public static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    private static bool IsNothing(JsonElement value) => value.ValueKind == JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0)
        || (value.ValueKind == JsonValueKind.String && (value.GetString()!.Length == 0 || (DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var instant) && instant.Year == 1)));

    private static bool IsUnset(JsonElement value) => value.ValueKind == JsonValueKind.String && Unset.Contains(value.GetString()!);
}
