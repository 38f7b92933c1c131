using System.Buffers;
using System.Text.Json;

namespace Deskward.Protocol.Scim;

internal enum ScimTokenKind { Word, Text, Open, Close, OpenItem, CloseItem, End }

/// <summary>A part of a filter: a name, operator or literal, a string, or a bracket.</summary>
internal readonly record struct ScimToken(ScimTokenKind Kind, string Text, int At)
{
    public bool Is(string keyword) => Kind == ScimTokenKind.Word && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Cuts a filter into its parts, one at a time.</summary>
internal sealed class ScimFilterLexer(string text, int start, ScimErrorType errorType)
{
    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n()[]\"");

    private int _at = start;

    /// <summary>Takes the next part.</summary>
    public ScimToken Next()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n')
        {
            _at++;
        }
        if (_at == text.Length)
        {
            return new ScimToken(ScimTokenKind.End, "", _at);
        }
        return text[_at] switch
        {
            '(' => Bracket(ScimTokenKind.Open),
            ')' => Bracket(ScimTokenKind.Close),
            '[' => Bracket(ScimTokenKind.OpenItem),
            ']' => Bracket(ScimTokenKind.CloseItem),
            '"' => Quoted(),
            _ => Word(),
        };
    }

    public ScimException Wrong(int at, string detail) => new(errorType, string.Create(null, $"At character {at + 1}: {detail}"));

    private ScimToken Bracket(ScimTokenKind kind) => new(kind, text[_at].ToString(), _at++);

    private ScimToken Word()
    {
        var begin = _at;
        var length = text.AsSpan(begin).IndexOfAny(Ends);
        _at = length < 0 ? text.Length : begin + length;
        return new ScimToken(ScimTokenKind.Word, text[begin.._at], begin);
    }

    /// <summary>A JSON string.</summary>
    private ScimToken Quoted()
    {
        var begin = _at++;
        while (_at < text.Length && text[_at] != '"')
        {
            _at += text[_at] == '\\' ? 2 : 1;
        }
        if (_at >= text.Length)
        {
            throw Wrong(begin, "the string does not end.");
        }
        return new ScimToken(ScimTokenKind.Text, Unescaped(text[begin..++_at], begin), begin);
    }

    private string Unescaped(string quoted, int begin)
    {
        try
        {
            using var json = JsonDocument.Parse(quoted);
            var value = json.RootElement.GetString()!;
            return value.Contains('\0', StringComparison.Ordinal) ? throw Wrong(begin, "the string holds U+0000.") : value;
        }
        // JsonException: a wrong escape or a control character. The others: half of a surrogate pair, escaped or plain.
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            throw Wrong(begin, "the string is not as JSON writes it.");
        }
    }
}
