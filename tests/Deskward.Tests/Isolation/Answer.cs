using System.Text.RegularExpressions;

namespace Deskward.Isolation;

/// <summary>An answer without what differs between any two: ids asked for, the request's own id, instants, tokens of forms.</summary>
internal sealed partial record Answer(int Status, string Headers, string Body)
{
    internal static async Task<Answer> ReadAsync(HttpResponseMessage response, params string[] asked)
    {
        var headers = response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not ("Date" or "ETag" or "Last-Modified"))
            .Select(header => $"{header.Key}: {(header.Key == "Set-Cookie" ? string.Join(',', header.Value.Select(cookie => cookie.Split('=')[0])) : string.Join(',', header.Value))}").Order(StringComparer.Ordinal);
        return new Answer((int)response.StatusCode, Plain(string.Join('\n', headers), asked), Plain(await response.Content.ReadAsStringAsync(), asked));
    }

    /// <summary>Where two answers differ, for the report.</summary>
    internal string Against(Answer other)
    {
        if (Status != other.Status || Headers != other.Headers)
        {
            return $"{Status} {Headers.ReplaceLineEndings(" ")} against {other.Status} {other.Headers.ReplaceLineEndings(" ")}";
        }

        var at = Body.Zip(other.Body).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"...{Around(Body, at)}... against ...{Around(other.Body, at)}...";
    }

    private static string Around(string text, int at) => text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 90)].ReplaceLineEndings(" ");

    private static string Plain(string text, string[] asked)
    {
        text = asked.Aggregate(text, (all, one) => all.Replace(one, "ID", StringComparison.OrdinalIgnoreCase));
        return Token().Replace(State().Replace(Time().Replace(Request().Replace(text, "REQUEST"), "<time>"), "STATE"), "TOKEN");
    }

    [GeneratedRegex("0H[A-Z0-9]{11}:[0-9A-F]{8}")]
    private static partial Regex Request();

    /// <summary>An instant, or that there was none yet: the service works on while it is asked.</summary>
    [GeneratedRegex("<time[^>]*>[^<]*</time>|<span class=\"quiet\">never</span>|just now|\\d+ (?:second|minute)s? ago")]
    private static partial Regex Time();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"[^\"]+\"")]
    private static partial Regex Token();

    [GeneratedRegex("name=\"state\" value=\"[^\"]+\"|&quot;challenge&quot;:&quot;[^&]+&quot;")]
    private static partial Regex State();
}
