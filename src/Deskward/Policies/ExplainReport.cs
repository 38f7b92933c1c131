using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Deskward.DesiredState.Answers;
using Deskward.Devices;
using Deskward.Platform.Portal;

namespace Deskward.Policies;

/// <summary>What is known of a PC's settings, as the command tells it: a line each, one in full, or all as JSON. In the words of the portal.</summary>
internal sealed class ExplainReport(FoundPc pc, IReadOnlyList<SettingExplanation> settings)
{
    private const int LongestInTable = 40;
    private const int LongestInText = 2000;

    private static readonly JsonSerializerOptions Shape = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };
    private static readonly Texts Words = new(Language.English);

    /// <summary>Columns apart by two blanks; the path last, because it is long.</summary>
    internal string ToTable()
    {
        List<string[]> rows = [["OUTCOME", "VALUE", "LAYER", "SET", "SINCE", "BY", "WITHOUT IT", "CONFLICTS", "SETTING"], .. settings.Select(Row)];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder(Title()).AppendLine().AppendLine();
        foreach (var row in rows)
        {
            text.AppendLine(string.Join("  ", row.Select((cell, column) => column == row.Length - 1 ? cell : cell.PadRight(widths[column]))));
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>Each setting in full, a paragraph each.</summary>
    internal string ToText() => Title() + string.Concat(settings.Select(setting => Environment.NewLine + Environment.NewLine + Paragraph(setting)));

    /// <summary>Everything; docs/policies.md tells the members.</summary>
    internal string ToJson() => JsonSerializer.Serialize(new { Pc = pc.Device.Name, pc.Device.Id, Organisation = pc.Organisation.Name, OrganisationId = pc.Organisation.Id, Settings = settings }, Shape);

    private string Title() => $"{Clean(pc.Device.Name)} of {Clean(pc.Organisation.Name)}, {pc.Device.Id}: {Words.Count("sets.count", settings.Count)}";

    private static string[] Row(SettingExplanation setting) =>
    [
        setting.Standing is { } standing ? Words["outcome." + standing.Outcome] : "-",
        Cell(Value(setting)),
        setting.Holds is { } layer ? Words["sets.layer." + layer.Layer] : "-",
        setting.Holds is { } set ? Cell(set.PolicySet) + ", " + Words["sets.version-number", set.Version] : "-",
        setting.Holds is { } since ? Instant(since.Since) : "-",
        setting.Holds is { } by ? Cell(by.Assigned.By ?? Words["why.not-recorded"]) : "-",
        setting.Without is { } other ? Cell(other.Kind switch
        {
            WithoutIt.Another or WithoutIt.Restored or WithoutIt.Default => Value(other.Value, other.IsSecret),
            WithoutIt.Disputed or WithoutIt.Deleted => Words["sets.absent"],
            WithoutIt.LeftBehind => Value(setting),
        }) : "-",
        setting.Wishes.Count(wish => wish.IsInConflict).ToString(CultureInfo.InvariantCulture),
        Clean(setting.Path),
    ];

    private static string Paragraph(SettingExplanation setting)
    {
        var lines = new List<(string Label, string Text)> { (Words["sets.value"], Value(setting)) };
        if (setting.Holds is { } held)
        {
            lines.AddRange([(Words["device.origin"], Origin(held)), (Words["why.since"], Instant(held.Since)), .. Decided(held)]);
        }
        else if (setting.Wishes.Count == 0)
        {
            lines.Add((Words["device.origin"], Words["why.nobody"]));
        }

        if (setting.Without is { } other)
        {
            lines.Add((Words["why.without"], string.Join(": ", new[] { Words["why.without." + other.Kind], other.From is { } from ? Origin(from) : null, Other(other) }.OfType<string>())));
        }

        lines.AddRange(setting.Wishes.Where(wish => wish.AssignmentId != setting.Holds?.AssignmentId).Select(wish => (Words[wish.IsInConflict ? "outcome.Conflict" : "why.also"], $"{Origin(wish)}: {Value(wish.Value, wish.IsSecret)}. {Words["sets.fate." + wish.Fate]}")));
        lines.AddRange(setting.WithheldBy.Select(path => (Words["why.withheld-by"], Clean(path))));
        lines.AddRange(Standing(setting.Standing));
        var width = lines.Max(line => line.Label.Length) + 2;
        return Clean(setting.Path) + string.Concat(lines.Select(line => $"{Environment.NewLine}  {line.Label.PadRight(width)}{line.Text}"));
    }

    private static IEnumerable<(string Label, string Text)> Decided(ExplainedWish wish) =>
        new[] { ("why.assigned", wish.Assigned), ("why.published", wish.Published), ("why.joined", wish.Joined) }
            .Select(entry => (Words[entry.Item1], entry.Item2 is { } decision
                ? $"{Words.Of("audit.action", decision.Action)}, {Instant(decision.At)}, {Clean(decision.By ?? Words["why.not-recorded"])}" : Words["why.not-recorded"]));

    private static IEnumerable<(string Label, string Text)> Standing(DeviceSetting? standing)
    {
        if (standing is null)
        {
            yield break;
        }

        yield return (Words["device.outcome"], Words["outcome." + standing.Outcome] + (standing.Since is { } since ? $", {Words["device.since"]} {Instant(since)}" : ""));
        yield return (Words["device.evidence"], Words["evidence." + standing.Outcome] + (standing.Reason is { } reason ? ". " + Clean(reason) : ""));
        yield return (Words["device.reported"], (standing.Reported is { } reported ? Clean(reported) : Words[standing.Outcome == DesiredState.SettingOutcome.Verified ? "device.as-wanted" : "device.not-shown"])
            + (standing.ReadAt is { } read ? ", " + Instant(read) : ""));
        if (standing.RetryAt is { } retry)
        {
            yield return (Words["device.retry"], Instant(retry));
        }
    }

    private static string? Other(Alternative other) => other.Kind is WithoutIt.Another or WithoutIt.Restored or WithoutIt.Default ? Value(other.Value, other.IsSecret) : null;

    private static string Origin(ExplainedWish wish) => $"{Words["sets.layer." + wish.Layer]}, {Clean(wish.PolicySet)}, {Words["sets.version-number", wish.Version]}, {Clean(wish.Group)}";

    private static string Value(SettingExplanation setting) => setting.Holds is null ? Words["sets.absent"] : Value(setting.Value, setting.IsSecret);

    private static string Value(string? value, bool isSecret) => isSecret ? $"({Words["sets.secret"]})" : value is { Length: > 0 } ? Clean(value) : "\"\"";

    private static string Instant(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Names and values may hold what moves a terminal's cursor.</summary>
    private static string Clean(string text) => ReportedText.Clean(text, LongestInText) ?? "";

    private static string Cell(string text) => Clean(text) is var clean && clean.Length <= LongestInTable ? clean : clean[..(char.IsHighSurrogate(clean[LongestInTable - 2]) ? LongestInTable - 2 : LongestInTable - 1)] + "…";
}
