
namespace Deskward.DesiredState;

/// <summary>One setting as a person or a file gives it, before it is checked.</summary>
public sealed record SettingLine
{
    /// <summary>Line in the file or place in the list, from 1; refusals name it.</summary>
    public int Line { get; init; }

    /// <summary>What the source calls it; for messages only.</summary>
    public string Name { get; init; } = "";

    /// <summary>LocURI in any spelling that Windows takes.</summary>
    public required string Path { get; init; }

    /// <summary>Meta/Format if the source states it; null otherwise.</summary>
    public string? Format { get; init; }

    public required string Value { get; init; }

    /// <summary>Keep the value secret: wrapped in the database, shown to nobody.</summary>
    public bool IsSecret { get; init; }

    /// <summary>A higher layer may override it.</summary>
    public bool IsOverridable { get; init; }
}

/// <summary>
/// Reads a file of settings: one per line, separated by tabs. A heading line names the columns (name, path or csp_path, format, value, secret,
/// overridable); without one they are name, path, value, or path, format, value, or path, value. Empty lines and lines that begin with # are passed over.
/// </summary>
public static class SettingFile
{
    private static readonly string[] NamePathValue = ["name", "path", "value"];
    private static readonly string[] PathFormatValue = ["path", "format", "value"];
    private static readonly string[] PathValue = ["path", "value"];

    /// <summary>The lines of the file; those with too few columns come back with an empty path, which the check refuses.</summary>
    public static IReadOnlyList<SettingLine> Read(TextReader input)
    {
        var lines = new List<SettingLine>();
        string[]? columns = null;
        for (var number = 1; input.ReadLine() is { } text; number++)
        {
            text = number == 1 ? text.TrimStart('\uFEFF') : text;
            if (text.Trim().Length == 0 || text.StartsWith('#'))
            {
                continue;
            }

            if (columns is null && Heading(text) is { } heading)
            {
                columns = heading;
                continue;
            }

            columns ??= Guess(text);
            lines.Add(Parse(number, text, columns));
        }

        return lines;
    }

    private static string[]? Heading(string text)
    {
        var titles = text.Split('\t', StringSplitOptions.TrimEntries).Select(title => title.ToLowerInvariant() is "csp_path" or "locuri" ? "path" : title.ToLowerInvariant()).ToArray();
        return titles.Contains("path") && titles.Contains("value") ? titles : null;
    }

    private static string[] Guess(string text) => text.Split('\t') switch
    {
        [var first, ..] fields when first.StartsWith('.') && first.Contains('/', StringComparison.Ordinal) => fields.Length == 2 ? PathValue : PathFormatValue,
        _ => NamePathValue,
    };

    private static SettingLine Parse(int number, string text, string[] columns)
    {
        var fields = text.Split('\t', columns.Length);
        string Field(string column) => Array.IndexOf(columns, column) is >= 0 and var at && at < fields.Length ? fields[at] : "";
        var isWhole = fields.Length >= Math.Min(columns.Length, Array.IndexOf(columns, "value") + 1);
        return new SettingLine
        {
            Line = number,
            Name = Field("name").Trim(),
            Path = isWhole ? Field("path").Trim() : "",
            Format = Field("format").Trim() is { Length: > 0 } format ? format : null,
            Value = Field("value"),
            IsSecret = IsSet(Field("secret")),
            IsOverridable = IsSet(Field("overridable")),
        };
    }

    private static bool IsSet(string text) => text.Trim().ToLowerInvariant() is "yes" or "true" or "1" or "secret" or "overridable";
}
