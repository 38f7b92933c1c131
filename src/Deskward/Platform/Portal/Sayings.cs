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

    private static readonly IReadOnlyList<(Regex Sentence, string Translation)> All = Load();

    /// <summary>The sentence in the language; null when it is not known there, or when it is English that is wanted.</summary>
    internal static string? In(Language language, string english)
    {
        if (language == Language.English)
        {
            return null;
        }

        if (Placed().Match(english) is { Success: true } placed && In(language, placed.Groups[3].Value) is { } what)
        {
            return $"第 {placed.Groups[1].Value} 行第 {placed.Groups[2].Value} 列：{what}";
        }

        foreach (var (sentence, translation) in All)
        {
            if (sentence.Match(english) is { Success: true } match)
            {
                return string.Format(CultureInfo.InvariantCulture, translation, [.. match.Groups.Cast<Group>().Skip(1).Select(group => group.Value)]);
            }
        }

        return null;
    }

    internal static IReadOnlyDictionary<string, string> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        return JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
    }

    /// <summary>Without backtracking, because what fills the places may be a stranger's text.</summary>
    private static List<(Regex, string)> Load() =>
        [.. Read().Select(pair => (new Regex("^" + Regex.Replace(Regex.Escape(pair.Key), @"\\\{\d}", "(.*)") + "$", RegexOptions.NonBacktracking | RegexOptions.Singleline), pair.Value))];

    /// <summary>What is said of a place in a text: the place, and then any sentence.</summary>
    [GeneratedRegex("^Line ([0-9]+), column ([0-9]+): (.*)$", RegexOptions.Singleline)]
    private static partial Regex Placed();
}
