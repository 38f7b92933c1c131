using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Deskward.Platform.Portal;

/// <summary>
/// Refusals and reasons are English sentences wherever they arise (programs, logs and PCs get them as they are). Pages in another language look
/// them up here, by the sentence with its changing parts left open ({0}, {1} ...).
/// </summary>
internal static partial class Sayings
{
    private const string Resource = "Sayings.zh-Hans.json";

    private static readonly IReadOnlyList<(string[] Fixed, string Translation)> All = [.. Read().Select(pair => (Places().Split(pair.Key), pair.Value))];

    /// <summary>The sentence in the language; null when it is not known there, or when it is English that is wanted.</summary>
    internal static string? In(Language language, string english) => language == Language.English ? null : In(english);

    /// <summary>A sentence with the place it speaks of before it, or with what would be right behind it.</summary>
    private static string? Composed(string english)
    {
        if (Placed().Match(english) is { Success: true } placed)
        {
            var column = placed.Groups["column"] is { Success: true } at ? $"第 {at.Value} 列" : "";
            return In(placed.Groups["what"].Value) is { } what ? $"第 {placed.Groups["line"].Value} 行{column}：{what}" : null;
        }

        if (Advised().Match(english) is { Success: true } advised)
        {
            var (isNearest, right) = (advised.Groups["kind"].Value[0] == 'T', advised.Groups["right"].Value);
            return In(advised.Groups["what"].Value) is { } what ? what + (isNearest ? $"最接近的路径是 {right}。" : $"您要用的是否为 {right}？") : null;
        }

        return Counted().Match(english) is { Success: true } counted && In(counted.Groups["what"].Value) is { } fault ? $"{fault}（第 {counted.Groups["at"].Value} 个字符）" : null;
    }

    private static string? Whole(string english)
    {
        foreach (var (parts, translation) in All)
        {
            if (Filling(english, parts) is { } filling)
            {
                return string.Format(CultureInfo.InvariantCulture, translation, [.. filling.Select(Part)]);
            }
        }

        return null;
    }

    /// <summary>
    /// What stands between the fixed parts of a sentence; null when the text is not that sentence. Each part is looked for once, from the end, because what
    /// fills the places may be a stranger's text.
    /// </summary>
    private static string[]? Filling(string english, string[] parts)
    {
        var first = parts[0].Length;
        if (parts.Length == 1 || !english.StartsWith(parts[0], StringComparison.Ordinal) || !english.AsSpan(first).EndsWith(parts[^1], StringComparison.Ordinal))
        {
            return parts.Length == 1 && english == parts[0] ? [] : null;
        }

        var filling = new string[parts.Length - 1];
        var end = english.Length - parts[^1].Length;
        for (var i = filling.Length - 1; i > 0; i--)
        {
            var at = english.AsSpan(first, end - first).LastIndexOf(parts[i], StringComparison.Ordinal);
            if (at < 0)
            {
                return null;
            }

            filling[i] = english[(first + at + parts[i].Length)..end];
            end = first + at;
        }

        filling[0] = english[first..end];
        return filling;
    }

    /// <summary>What fills a place, as it is; where it ends in the cause, the cause in the language.</summary>
    private static string Part(string text) => text.LastIndexOf(": ", StringComparison.Ordinal) is var at and >= 0 && In(text[(at + 2)..]) is { } cause ? $"{text[..at]}：{cause}" : text;

    private static string? In(string english) => Composed(english) ?? Whole(english);

    internal static IReadOnlyDictionary<string, string> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        return JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
    }

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Places();

    [GeneratedRegex("^Line (?<line>[0-9]+)(?:, column (?<column>[0-9]+))?: (?<what>.*)$", RegexOptions.Singleline)]
    private static partial Regex Placed();

    [GeneratedRegex("^(?<what>.*) (?<kind>Did you mean|The nearest path is) (?<right>.*)[?.]$", RegexOptions.Singleline)]
    private static partial Regex Advised();

    [GeneratedRegex(@"^(?<what>.*) \(character (?<at>[0-9]+)\)$", RegexOptions.Singleline)]
    private static partial Regex Counted();
}
