using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Deskward.Platform.Portal;

/// <summary>
/// Refusals and reasons are English sentences wherever they arise (programs, logs and PCs get them as they are). Pages in another language look
/// them up here, by the sentence with its changing parts left open ({0}, {1} ...).
/// </summary>
internal static class Sayings
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
}
