using System.Text.RegularExpressions;

namespace Deskward.Groups.Rules;

/// <summary>
/// Reads a rule by descent: or binds least, then and, then not, then comparisons. Operators may go without their hyphen; case does not count. Every part is
/// looked at once, and what is nested too deeply is refused before it is followed.
/// </summary>
internal sealed class RuleParser
{
    internal const int Deepest = 50;
    private readonly IReadOnlyList<RuleToken> _tokens;
    private int _at;
    private int _depth;
    private bool _isInside;
    private RuleError? _error;

    private RuleParser(IReadOnlyList<RuleToken> tokens) => _tokens = tokens;

    internal static (RuleNode? Node, RuleError? Error) Read(string rule)
    {
        var (tokens, error) = RuleTokens.Read(rule);
        if (error is not null)
        {
            return (null, error);
        }

        var parser = new RuleParser(tokens);
        var node = parser.Or();
        if (node is not null && parser.Now.Kind != RuleTokenKind.End)
        {
            node = parser.Fail(parser.Now, parser.Now.Kind == RuleTokenKind.Close ? "This parenthesis was never opened." : "Here the rule should end, or go on with -and or -or.");
        }

        return (node, parser._error);
    }

    private RuleToken Now => _tokens[_at];

    private RuleNode? Or() => Several("or", And, parts => new OrNode(parts));

    private RuleNode? And() => Several("and", Not, parts => new AndNode(parts));

    private RuleNode? Several(string word, Func<RuleNode?> part, Func<IReadOnlyList<RuleNode>, RuleNode> join)
    {
        List<RuleNode> parts = [];
        do
        {
            if (part() is not { } one)
            {
                return null;
            }

            parts.Add(one);
        }
        while (TakeWord(word));

        return parts is [var only] ? only : join(parts);
    }

    private RuleNode? Not()
    {
        var at = Now;
        return TakeWord("not") ? Deeper(at, Not) is { } part ? new NotNode(part) : null : Primary();
    }

    private RuleNode? Primary()
    {
        var at = Now;
        if (!Take(RuleTokenKind.Open))
        {
            return Comparison();
        }

        if (Deeper(at, Or) is not { } inner)
        {
            return null;
        }

        return Take(RuleTokenKind.Close) ? inner : Fail(Now, Now.Kind == RuleTokenKind.End ? "A parenthesis is not closed." : "Here a closing parenthesis is missing, or -and or -or.");
    }

    private RuleNode? Deeper(RuleToken at, Func<RuleNode?> part)
    {
        if (++_depth > Deepest)
        {
            return Fail(at, $"The rule is nested more than {Deepest} deep.");
        }

        var node = part();
        _depth--;
        return node;
    }

    private RuleNode? Comparison()
    {
        var subject = Now;
        if (subject.Kind != RuleTokenKind.Word)
        {
            return Fail(subject, subject.Kind == RuleTokenKind.End ? "The rule ends where a comparison should begin." : "Here a comparison should begin, such as device.deviceModel -eq \"X\".");
        }

        if (subject.Value == "_")
        {
            if (!_isInside)
            {
                return Fail(subject, "The sign _ has a meaning inside -any and -all only.");
            }

            _at++;
            return Test() is { } ofElement ? new ElementNode(ofElement) : null;
        }

        if (Attribute(subject) is not { } attribute)
        {
            return null;
        }

        _at++;
        if (PcAttributes.IsMany(attribute))
        {
            return Many(attribute);
        }

        if (Now is { Kind: RuleTokenKind.Word } word && IsEither(word.Value, "any", "all"))
        {
            return Fail(word, $"{subject.Value} holds one value; compare it without -any and -all.");
        }

        return Test(attribute) is { } test ? new AttributeNode(attribute, test) : null;
    }

    private PcAttribute? Attribute(RuleToken subject)
    {
        const string Prefix = "device.";
        if (_isInside)
        {
            Fail(subject, "Inside -any and -all only the value _ is compared.");
            return null;
        }

        if (!subject.Value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            Fail(subject, subject.Value.StartsWith("user.", StringComparison.OrdinalIgnoreCase) ? "Groups of PCs ask for attributes of device, not of user." : "Here an attribute should stand, such as device.deviceModel.");
            return null;
        }

        if (PcAttributes.Find(subject.Value[Prefix.Length..]) is not { } found)
        {
            Fail(subject, $"There is no attribute {subject.Value}. There are: {string.Join(", ", PcAttributes.Names)}.");
            return null;
        }

        return found;
    }

    private ManyNode? Many(PcAttribute attribute)
    {
        var word = Now;
        var isAll = word.Kind == RuleTokenKind.Word && IsEither(word.Value, "all", "all");
        if (word.Kind != RuleTokenKind.Word || !IsEither(word.Value, "any", "all"))
        {
            Fail(word, "This attribute holds several values: write -any (_ -eq \"X\") or -all (_ -eq \"X\").");
            return null;
        }

        _at++;
        _isInside = true;
        var each = Primary();
        _isInside = false;
        return each is null ? null : new ManyNode(attribute, isAll, each);
    }

    private RuleTest? Test(PcAttribute? attribute = null)
    {
        var word = Now;
        if (word.Kind != RuleTokenKind.Word || !Enum.TryParse<RuleOperator>(word.Value, ignoreCase: true, out var found) || char.IsAsciiDigit(word.Value[0]))
        {
            Fail(word, "Here an operator should stand: -eq, -ne, -startsWith, -notStartsWith, -contains, -notContains, -match, -notMatch, -in or -notIn.");
            return null;
        }

        if (attribute == PcAttribute.AccountEnabled && found is not (RuleOperator.Eq or RuleOperator.Ne))
        {
            Fail(word, "This attribute is true or false; compare it with -eq or -ne.");
            return null;
        }

        _at++;
        return found is RuleOperator.In or RuleOperator.NotIn ? List() is { } values ? new RuleTest(found, values, null) : null : One(found, attribute);
    }

    private RuleTest? One(RuleOperator found, PcAttribute? attribute)
    {
        var token = Now;
        var (isValue, value) = Value(token);
        if (!isValue)
        {
            Fail(token, token.Kind == RuleTokenKind.End ? "The rule ends where a value should stand." : "Here a value should stand, in quotation marks, or null, true or false.");
            return null;
        }

        if (attribute == PcAttribute.AccountEnabled && value is not (null or "true" or "false"))
        {
            Fail(token, "This attribute is compared with true or false.");
            return null;
        }

        if (value is null && found is not (RuleOperator.Eq or RuleOperator.Ne))
        {
            Fail(token, "null is compared with -eq or -ne.");
            return null;
        }

        _at++;
        return found is RuleOperator.Match or RuleOperator.NotMatch ? Pattern(token, found, value!) : new RuleTest(found, [value], null);
    }

    private RuleTest? Pattern(RuleToken token, RuleOperator found, string text)
    {
        var (pattern, offset, problem) = RulePattern.Read(text);
        if (pattern is Regex read)
        {
            return new RuleTest(found, [text], read);
        }

        Fail(token with { At = token.At with { Column = token.At.Column + (offset == 0 ? 0 : offset + 1) } }, problem!);
        return null;
    }

    private List<string?>? List()
    {
        List<string?> values = [];
        if (!Take(RuleTokenKind.ListOpen))
        {
            Fail(Now, "Here a list should stand, such as [\"A\",\"B\"].");
            return null;
        }

        do
        {
            if (Now.Kind != RuleTokenKind.Text)
            {
                Fail(Now, "A list holds texts in quotation marks, with commas between them.");
                return null;
            }

            values.Add(Now.Value);
            _at++;
        }
        while (Take(RuleTokenKind.Comma));

        if (!Take(RuleTokenKind.ListClose))
        {
            Fail(Now, "The list is not closed with a bracket.");
            return null;
        }

        return values;
    }

    private static (bool IsValue, string? Value) Value(RuleToken token) => token.Kind switch
    {
        RuleTokenKind.Text => (true, token.Value),
        RuleTokenKind.Word when token.Value.Equals("null", StringComparison.OrdinalIgnoreCase) => (true, null),
        RuleTokenKind.Word when IsEither(token.Value, "true", "false") => (true, token.Value.ToLowerInvariant()),
        _ => (false, null),
    };

    private bool Take(RuleTokenKind kind)
    {
        if (Now.Kind != kind)
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool TakeWord(string word) => Now.Kind == RuleTokenKind.Word && Now.Value.Equals(word, StringComparison.OrdinalIgnoreCase) && Take(RuleTokenKind.Word);

    private static bool IsEither(string word, string one, string other) => word.Equals(one, StringComparison.OrdinalIgnoreCase) || word.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>The first thing that is wrong is the one that is told.</summary>
    private RuleNode? Fail(RuleToken at, string message)
    {
        _error ??= new RuleError(at.At, message);
        return null;
    }
}
