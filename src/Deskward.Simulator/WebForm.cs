using System.Net;
using System.Text.RegularExpressions;

namespace Deskward.Simulator;

/// <summary>A form of a web page, as far as somebody without a script sees it: forms that are hidden, or sent by GET, are none.</summary>
/// <param name="Action">Where it goes; null: to the page itself.</param>
/// <param name="Hidden">What is sent with it unseen.</param>
/// <param name="Shown">What can be typed into it.</param>
internal sealed partial record WebForm(string? Action, IReadOnlyList<(string? Name, string Value)> Hidden, IReadOnlyList<WebField> Shown)
{
    /// <summary>Name of the field for a password; null when it asks for none.</summary>
    public string? Password => Shown.FirstOrDefault(shown => shown.Type == "password")?.Name;

    /// <summary>Name of the field for the address.</summary>
    public string? Address => Shown.FirstOrDefault(shown => shown.Type == "email" || shown.Completes.Contains("username"))?.Name;

    /// <summary>Name of the field for a one-time code.</summary>
    public string? OneTimeCode => Shown.FirstOrDefault(shown => shown.Completes.Contains("one-time-code"))?.Name;

    /// <summary>It has nothing but buttons.</summary>
    public bool AsksNothing => Shown.Count == 0;

    public static IReadOnlyList<WebForm> ReadAll(string html) => [.. Forms().Matches(html).Select(Read).OfType<WebForm>()];

    private static WebForm? Read(Match match)
    {
        var form = AttributesOf(match.Groups["form"].Value);
        if (form.ContainsKey("hidden") || !string.Equals(form.GetValueOrDefault("method"), "post", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        var inputs = Inputs().Matches(match.Groups["body"].Value).Select(input => AttributesOf(input.Groups["input"].Value)).ToLookup(input => input.GetValueOrDefault("type", "text") == "hidden");
        return new WebForm(
            form.GetValueOrDefault("action"),
            [.. inputs[true].Select(input => (input.GetValueOrDefault("name"), input.GetValueOrDefault("value", "")))],
            [.. inputs[false].Select(input => new WebField(input.GetValueOrDefault("name"), input.GetValueOrDefault("type", "text"), input.GetValueOrDefault("autocomplete", "").Split(' ')))]);
    }

    private static Dictionary<string, string> AttributesOf(string tag)
    {
        var attributes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Attributes().Matches(tag))
        {
            attributes.TryAdd(match.Groups["name"].Value, WebUtility.HtmlDecode(match.Groups["value"].Value));
        }
        return attributes;
    }

    [GeneratedRegex("<form\\b(?<form>(?:[^>\"]|\"[^\"]*\")*)>(?<body>.*?)</form>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input\\b(?<input>(?:[^>\"]|\"[^\"]*\")*)>", RegexOptions.IgnoreCase)]
    private static partial Regex Inputs();

    [GeneratedRegex("(?<name>[a-z][a-z0-9-]*)(?:\\s*=\\s*\"(?<value>[^\"]*)\")?", RegexOptions.IgnoreCase)]
    private static partial Regex Attributes();
}

/// <summary>A field that is shown.</summary>
/// <param name="Name">Under which it is sent.</param>
/// <param name="Type">As in HTML.</param>
/// <param name="Completes">What the page says belongs there.</param>
internal sealed record WebField(string? Name, string Type, IReadOnlyList<string> Completes);
