using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deskward.Platform.Portal;

namespace Deskward.Notices;

/// <summary>What a kind of notice says in one language. Places are written {name}.</summary>
/// <param name="Name">What the kind is called, where a person chooses what to get.</param>
/// <param name="Subject">One line; fills the subject of the mail and the title in the portal.</param>
/// <param name="Text">Paragraphs.</param>
/// <param name="Action">What the link says; null when the kind never has one.</param>
internal sealed record NoticeText(string Name, string Subject, IReadOnlyList<string> Text, string? Action = null);

/// <summary>A notice in words, in one language.</summary>
internal sealed record SaidNotice(string Subject, IReadOnlyList<string> Paragraphs, string? Action);

/// <summary>The texts of all kinds of notices, which lie beside the modules that send them.</summary>
internal static partial class NoticeTexts
{
    internal const int LongestSubject = 200;

    private static readonly FrozenDictionary<string, FrozenDictionary<string, NoticeText>> ByLanguage =
        Language.All.ToFrozenDictionary(language => language.Code, language => Load(language.Code));

    internal static IReadOnlyDictionary<string, NoticeText> All(Language language) => ByLanguage[language.Code];

    internal static NoticeText? Find(Language language, string key) => ByLanguage[language.Code].GetValueOrDefault(key);

    /// <summary>The notice in words; null when there is no such kind (any more).</summary>
    /// <exception cref="InvalidOperationException">The text names a place for which there is no value.</exception>
    internal static SaidNotice? Say(Language language, string key, IReadOnlyDictionary<string, NoticeValue> values)
    {
        if (Find(language, key) is not { } text)
        {
            return null;
        }

        var texts = new Texts(language);
        string Fill(string template) => Place().Replace(template, place => values.TryGetValue(place.Groups[1].Value, out var value)
            ? PlainText.Isolate(value.IsKey ? texts[value.Text] : value.Text)
            : throw new InvalidOperationException($"The notice {key} needs a value '{place.Groups[1].Value}'."));
        return new SaidNotice(PlainText.Clean(Fill(text.Subject), LongestSubject), [.. text.Text.Select(Fill)], text.Action is { } action ? Fill(action) : null);
    }

    /// <summary>The places of a text, by name.</summary>
    internal static IEnumerable<string> Places(NoticeText text) =>
        text.Text.Append(text.Subject).Append(text.Action ?? "").SelectMany(line => Place().Matches(line)).Select(place => place.Groups[1].Value).Distinct();

    private static FrozenDictionary<string, NoticeText> Load(string code)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var all = new Dictionary<string, NoticeText>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith($"Notices.{code}.json", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            foreach (var (key, text) in JsonSerializer.Deserialize<Dictionary<string, NoticeText>>(stream, JsonSerializerOptions.Web)!)
            {
                all.Add(key, text);
            }
        }

        return all.ToFrozenDictionary();
    }

    [GeneratedRegex(@"\{([a-z]\w*)\}")]
    private static partial Regex Place();
}
