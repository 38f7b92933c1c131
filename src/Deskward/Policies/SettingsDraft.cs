using System.Text.Json;
using Deskward.DesiredState;

namespace Deskward.Policies;

/// <summary>
/// The settings of a policy set while a person puts it together: they travel with the form, so that nothing is stored until all of it is right
/// and no script is needed. Secrets never travel.
/// </summary>
internal sealed class SettingsDraft
{
    private const int LongestText = 3_500_000;
    private readonly List<SettingLine> _lines = [];

    /// <summary>The settings in the order they were added; line numbers are their places.</summary>
    internal IReadOnlyList<SettingLine> Lines => _lines;

    /// <summary>Reads what <see cref="ToText"/> wrote; anything else is an empty draft.</summary>
    internal static SettingsDraft Of(string? text)
    {
        var draft = new SettingsDraft();
        try
        {
            if (text is { Length: > 0 and <= LongestText })
            {
                draft.Add((JsonSerializer.Deserialize<SettingLine[]>(text, JsonSerializerOptions.Web) ?? []).Where(line => line is { Path: not null, Value: not null }));
            }
        }
        catch (JsonException)
        {
            // A stranger's text: the page shows an empty draft, and the person sees that.
        }

        return draft;
    }

    /// <summary>The settings of a version; secrets cannot be shown and are left out.</summary>
    internal static SettingsDraft Of(PolicySetVersion version)
    {
        var draft = new SettingsDraft();
        draft.Add(PolicySets.SettingsOf(version).Where(setting => !setting.IsSecret)
            .Select(setting => new SettingLine { Path = setting.Path, Format = setting.Format, Value = setting.Value, IsOverridable = setting.IsOverridable }));
        return draft;
    }

    /// <summary>Adds settings; one with the same path takes the place of the earlier one.</summary>
    internal void Add(IEnumerable<SettingLine> lines)
    {
        foreach (var line in lines.Take(SettingDraft.MostSettings + 1))
        {
            _lines.RemoveAll(there => line.Path.Length > 0 && string.Equals(there.Path, line.Path, StringComparison.OrdinalIgnoreCase));
            _lines.Add(line);
        }

        Number();
    }

    internal void Remove(string path)
    {
        _lines.RemoveAll(line => line.Path == path);
        Number();
    }

    internal string ToText() => JsonSerializer.Serialize(_lines.Where(line => !line.IsSecret), JsonSerializerOptions.Web);

    private void Number()
    {
        for (var at = 0; at < _lines.Count; at++)
        {
            _lines[at] = _lines[at] with { Line = at + 1 };
        }
    }
}
