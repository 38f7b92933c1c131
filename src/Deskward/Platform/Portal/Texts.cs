using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Deskward.Platform.Portal;

/// <summary>
/// Every text a person reads in the portal, in the language of the request. They lie in <c>Texts.en.json</c> and <c>Texts.zh-Hans.json</c>
/// beside the pages of each module; a guard compares the keys of both languages with each other and with those the pages use.
/// </summary>
public sealed class Texts
{
    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> ByLanguage =
        Language.All.ToFrozenDictionary(language => language.Code, language => Load(language.Code));

    private readonly FrozenDictionary<string, string> _texts;

    public Texts(IHttpContextAccessor accessor)
        : this(accessor.HttpContext is { } context ? Language.Of(context.Request) : Language.English)
    {
    }

    internal Texts(Language language) => (Language, _texts) = (language, ByLanguage[language.Code]);

    public Language Language { get; }

    /// <summary>The text of a key; the key itself when a text is missing, which the guard prevents.</summary>
    public string this[string key] => _texts.GetValueOrDefault(key, key);

    /// <summary>The text with its places {0}, {1} ... filled.</summary>
    public string this[string key, params object?[] values] => string.Format(Language.Culture, this[key], values);

    /// <summary>The text for a number: key + <c>.one</c> for one, key + <c>.other</c> otherwise.</summary>
    public string Count(string key, long number) => this[number == 1 ? key + ".one" : key + ".other", number.ToString("N0", Language.Culture)];

    /// <summary>The text of a key that comes from data, such as a state's name; <paramref name="otherwise"/> when there is none.</summary>
    public string Of(string prefix, string name, string? otherwise = null) => _texts.GetValueOrDefault($"{prefix}.{name}", otherwise ?? name);

    /// <summary>A sentence of the service in the language of the page; as it is when it is not known there.</summary>
    public string Said(string english) => Sayings.In(Language, english) ?? english;

    internal bool Has(string key) => _texts.ContainsKey(key);

    public string Number(long number) => number.ToString("N0", Language.Culture);

    internal static IReadOnlyDictionary<string, string> All(Language language) => ByLanguage[language.Code];

    private static FrozenDictionary<string, string> Load(string code)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var all = new Dictionary<string, string>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith($"Texts.{code}.json", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            foreach (var (key, text) in JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!)
            {
                all.Add(key, text);
            }
        }

        return all.ToFrozenDictionary();
    }

    /// <summary>How long ago, in words, up to a week; after that the day.</summary>
    public string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalSeconds: < 60 } => this["ago.now"],
        { TotalMinutes: < 60 } span => Count("ago.minutes", (long)span.TotalMinutes),
        { TotalHours: < 24 } span => Count("ago.hours", (long)span.TotalHours),
        { TotalDays: < 7 } span => Count("ago.days", (long)span.TotalDays),
        _ => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };
}
