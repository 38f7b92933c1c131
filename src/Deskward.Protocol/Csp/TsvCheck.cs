using System.Globalization;

namespace Deskward.Protocol.Csp;

/// <summary>The verdict on one line of a file of settings.</summary>
/// <param name="Line">Line number, from 1.</param>
/// <param name="Name">The name in the file.</param>
/// <param name="Verdict">Accepted or refused.</param>
public sealed record TsvVerdict(int Line, string Name, SettingVerdict Verdict);

/// <summary>What <c>catalogue check FILE.tsv</c> says.</summary>
public sealed record TsvReport(IReadOnlyList<TsvVerdict> Verdicts, int Accepted, int Refused)
{
    /// <summary>One line per verdict, and <c>N accepted, N refused</c> as the last.</summary>
    public void Write(TextWriter output)
    {
        foreach (var (line, name, verdict) in Verdicts)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line}: {Describe(verdict)} [{ValueText.Excerpt(name, 60)}]"));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Accepted} accepted, {Refused} refused"));
    }

    private static string Describe(SettingVerdict verdict) => verdict switch
    {
        CheckedSetting setting => $"accepted: {setting.Path} = {ValueText.Excerpt(setting.Value)}"
            + (setting.Changes == SettingChanges.None ? "" : $" (written anew: {setting.Changes.ToString().ToLowerInvariant()})"),
        SettingRefusal { Repair: { } repair } refusal => $"refused: {refusal.Message} Repair: {repair.Path} = {ValueText.Excerpt(repair.Value, 200)}",
        SettingRefusal refusal => $"refused: {refusal.Message}",
        _ => "",
    };
}

/// <summary>Checks a file of settings: tab-separated name, path, value, with or without a heading line. Empty lines and <c>#</c> lines are passed over.</summary>
public static class TsvCheck
{
    public static TsvReport Run(TextReader input, Catalogue? catalogue = null)
    {
        catalogue ??= Catalogue.Default;
        var verdicts = new List<TsvVerdict>();
        var number = 0;
        while (input.ReadLine() is { } line)
        {
            number++;
            line = number == 1 ? line.TrimStart('\uFEFF') : line;
            if (line.Trim().Length == 0 || line.StartsWith('#'))
            {
                continue;
            }
            var fields = line.Split('\t', 3);
            if (number == 1 && fields is [_, var path, ..] && !path.Contains('/', StringComparison.Ordinal))
            {
                continue;
            }
            verdicts.Add(new TsvVerdict(number, fields[0], Check(catalogue, fields)));
        }
        var accepted = verdicts.Count(one => one.Verdict is CheckedSetting);
        return new TsvReport(verdicts, accepted, verdicts.Count - accepted);
    }

    private static SettingVerdict Check(Catalogue catalogue, string[] fields) => fields is [_, var path, var value]
        ? catalogue.Check(path, null, value)
        : new SettingRefusal(RefusalReason.UnknownPath, "", fields[^1], "The line does not hold a name, a path and a value with tabs between them.");
}
