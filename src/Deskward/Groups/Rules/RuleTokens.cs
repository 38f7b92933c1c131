using System.Text;

namespace Deskward.Groups.Rules;

/// <summary>Where something stands in a rule: line and column from 1, columns counted as a person counts characters.</summary>
internal readonly record struct RulePlace(int Line, int Column);

/// <summary>Why a text is no rule.</summary>
internal sealed record RuleError(RulePlace At, string Message)
{
    public override string ToString() => $"Line {At.Line}, column {At.Column}: {Message}";
}

internal enum RuleTokenKind
{
    Open,
    Close,
    ListOpen,
    ListClose,
    Comma,
    Text,
    Word,
    End,
}

/// <param name="Kind">What it is.</param>
/// <param name="Value">Of a text, what it stands for; of a word, the word without its hyphen; otherwise empty.</param>
/// <param name="At">Where it begins.</param>
internal readonly record struct RuleToken(RuleTokenKind Kind, string Value, RulePlace At);

/// <summary>Cuts a rule into its parts, reading every character once.</summary>
internal sealed class RuleTokens
{
    private readonly string _rule;
    private readonly List<RuleToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _column = 1;

    private RuleTokens(string rule) => _rule = rule;

    /// <returns>The parts, the last of which is the end; or what is wrong.</returns>
    internal static (IReadOnlyList<RuleToken> Tokens, RuleError? Error) Read(string rule)
    {
        var reader = new RuleTokens(rule);
        var error = reader.Read();
        return (reader._tokens, error);
    }

    private RuleError? Read()
    {
        while (_at < _rule.Length)
        {
            var (letter, place) = (_rule[_at], Place);
            if (char.IsWhiteSpace(letter))
            {
                Step();
            }
            else if (Single(letter) is { } kind)
            {
                Step();
                _tokens.Add(new RuleToken(kind, "", place));
            }
            else if (letter is '"' or '\'')
            {
                if (ReadText(letter, place) is { } open)
                {
                    return open;
                }
            }
            else if (IsWord(letter) || letter is '-' or '$')
            {
                ReadWord(place);
            }
            else
            {
                return new RuleError(place, Odd(letter));
            }
        }

        _tokens.Add(new RuleToken(RuleTokenKind.End, "", Place));
        return null;
    }

    private RulePlace Place => new(_line, _column);

    private static RuleTokenKind? Single(char letter) => letter switch
    {
        '(' => RuleTokenKind.Open,
        ')' => RuleTokenKind.Close,
        '[' => RuleTokenKind.ListOpen,
        ']' => RuleTokenKind.ListClose,
        ',' => RuleTokenKind.Comma,
        _ => null,
    };

    private static string Odd(char letter) => letter switch
    {
        '\u2013' or '\u2014' or '\u2212' => "This is a dash. Operators begin with a hyphen (-).",
        '\u201c' or '\u201d' or '\u201e' or '\u00ab' or '\u00bb' => "This is a typographic quotation mark. Texts stand in straight ones (\").",
        _ when char.IsControl(letter) || char.IsSurrogate(letter) => "This character has no place in a rule.",
        _ => $"The character '{letter}' has no place in a rule.",
    };

    private static bool IsWord(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.';

    /// <summary>A grave accent takes the character after it as it is.</summary>
    private RuleError? ReadText(char quote, RulePlace place)
    {
        var text = new StringBuilder();
        for (Step(); _at < _rule.Length; Step())
        {
            if (_rule[_at] == quote)
            {
                Step();
                _tokens.Add(new RuleToken(RuleTokenKind.Text, text.ToString(), place));
                return null;
            }

            if (_rule[_at] == '`' && _at + 1 < _rule.Length)
            {
                Step();
            }

            text.Append(_rule[_at]);
        }

        return new RuleError(place, "The quotation mark is not closed.");
    }

    private void ReadWord(RulePlace place)
    {
        var begin = _at;
        for (Step(); _at < _rule.Length && IsWord(_rule[_at]); Step())
        {
        }

        _tokens.Add(new RuleToken(RuleTokenKind.Word, _rule[begin.._at].TrimStart('-', '$'), place));
    }

    private void Step()
    {
        var letter = _rule[_at++];
        if (letter == '\n')
        {
            (_line, _column) = (_line + 1, 1);
        }
        else if (!char.IsLowSurrogate(letter) && letter != '\r')
        {
            _column++;
        }
    }
}
