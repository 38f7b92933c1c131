using System.Net;
using System.Text.RegularExpressions;

namespace Deskward.Isolation;

/// <summary>A form of a page as it came, filled in with what it holds.</summary>
/// <param name="Target">Where it goes; null: to the page itself.</param>
/// <param name="Fields">Names and values, the handler's among them; without the token.</param>
internal sealed partial record PostedForm(string? Target, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    private const string Token = "__RequestVerificationToken";

    /// <summary>What is posted where no page shows a form.</summary>
    internal static PostedForm Bare { get; } = new(null, [new("_handler", "none")]);

    internal static IReadOnlyList<PostedForm> In(string html) => [.. Form().Matches(html).Where(form => Value(form.Groups["head"].Value, "method") == "post").Select(form => Read(form.Groups["head"].Value, form.Groups["body"].Value))];

    internal static string TokenIn(string html) => Field().Matches(html).Select(field => field.Value).Where(tag => Value(tag, "name") == Token).Select(tag => Value(tag, "value")!).FirstOrDefault() ?? "";

    internal FormUrlEncodedContent With(string token) => new(Fields.Append(new(Token, token)));

    /// <summary>The same with one id exchanged for another, wherever it stands.</summary>
    internal PostedForm Exchange(Guid id, Guid other) => this with { Fields = [.. Fields.Select(field => KeyValuePair.Create(field.Key, field.Value.Replace(id.ToString(), other.ToString(), StringComparison.OrdinalIgnoreCase)))] };

    /// <summary>The ids that stand in its fields.</summary>
    internal IEnumerable<Guid> Ids => Fields.SelectMany(pair => Id().Matches(pair.Value)).Select(match => Guid.Parse(match.Value)).Distinct();

    private static PostedForm Read(string head, string body)
    {
        var fields = Field().Matches(body).Select(field => (Name: Value(field.Value, "name"), Value: Value(field.Value, "value") ?? field.Groups["text"].Value)).Where(field => field.Name is not (null or Token))
            .Select(field => KeyValuePair.Create(field.Name!, field.Value));
        var chosen = Select().Matches(body).Select(select => KeyValuePair.Create(Value(select.Groups["head"].Value, "name") ?? "", Value(select.Groups["option"].Value, "value") ?? ""));
        return new PostedForm(Value(head, "action"), [.. fields.Concat(chosen)]);
    }

    private static string? Value(string tag, string attribute) =>
        Regex.Match(tag, $"\\s{attribute}=\"(?<value>[^\"]*)\"", RegexOptions.Singleline) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups["value"].Value) : null;

    [GeneratedRegex("<form(?<head>[^>]*)>(?<body>.*?)</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<input[^>]*>|<button[^>]*>|<textarea[^>]*>(?<text>[^<]*)", RegexOptions.Singleline)]
    private static partial Regex Field();

    [GeneratedRegex("<select(?<head>[^>]*)>\\s*(?:<!--.*?-->)*\\s*(?<option><option[^>]*>)", RegexOptions.Singleline)]
    private static partial Regex Select();

    [GeneratedRegex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")]
    private static partial Regex Id();
}
