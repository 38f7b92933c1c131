using System.Globalization;

namespace Deskward.Protocol.Scim;

/// <summary>
/// Text to a typed filter, in one pass and linear time: <c>or</c> binds least, then <c>and</c>, then <c>not</c>. Chains make lists, so depth grows with brackets only.
/// </summary>
internal sealed class ScimFilterParser
{
    public const int MaxLength = 32_768;
    public const int MaxTerms = 200;
    public const int MaxDepth = 32;

    /// <summary>Stands for an attribute that the type lacks, where that is passed over.</summary>
    private static readonly ScimAttribute Unknown = new("unknown", []);

    private readonly ScimFilterLexer _lexer;
    private readonly bool _passUnknown;
    private ScimToken _token;
    private int _terms;
    private int _depth;

    private ScimFilterParser(ScimFilterLexer lexer, bool passUnknown)
    {
        _lexer = lexer;
        _passUnknown = passUnknown;
        _token = lexer.Next();
    }

    public static ScimFilter Parse(ScimAttribute root, string text, bool passUnknown)
    {
        if (text.Length > MaxLength)
        {
            throw new ScimException(ScimErrorType.InvalidFilter, string.Create(CultureInfo.InvariantCulture, $"The filter is longer than {MaxLength} characters."));
        }
        var parser = new ScimFilterParser(new ScimFilterLexer(text, 0, ScimErrorType.InvalidFilter), passUnknown);
        var filter = parser.AnyOf(root);
        return parser._token.Kind == ScimTokenKind.End ? filter : throw parser.Unexpected("'and', 'or' or the end");
    }

    /// <summary>The filter in the brackets of a PATCH path.</summary>
    /// <param name="attribute">Whose values it selects.</param>
    /// <param name="path">The whole path.</param>
    /// <param name="start">Behind the opening bracket.</param>
    /// <returns>The filter, and where what follows the closing bracket begins.</returns>
    public static (ScimFilter Filter, int End) ParseItem(ScimAttribute attribute, string path, int start)
    {
        var parser = new ScimFilterParser(new ScimFilterLexer(path, start, ScimErrorType.InvalidPath), passUnknown: false);
        var filter = parser.AnyOf(attribute);
        return parser._token.Kind == ScimTokenKind.CloseItem ? (filter, parser._token.At + 1) : throw parser.Unexpected("']'");
    }

    private ScimFilter AnyOf(ScimAttribute root)
    {
        if (++_depth > MaxDepth)
        {
            throw _lexer.Wrong(_token.At, string.Create(CultureInfo.InvariantCulture, $"more than {MaxDepth} brackets inside each other."));
        }
        List<ScimFilter> parts = [AllOf(root)];
        while (_token.Is("or"))
        {
            Take();
            parts.Add(AllOf(root));
        }
        _depth--;
        return ScimFilter.AnyOf(parts);
    }

    private ScimFilter AllOf(ScimAttribute root)
    {
        List<ScimFilter> parts = [Term(root)];
        while (_token.Is("and"))
        {
            Take();
            parts.Add(Term(root));
        }
        return ScimFilter.AllOf(parts);
    }

    private ScimFilter Term(ScimAttribute root)
    {
        if (++_terms > MaxTerms)
        {
            throw _lexer.Wrong(_token.At, string.Create(CultureInfo.InvariantCulture, $"the filter has more than {MaxTerms} terms."));
        }
        var token = Take();
        if (token.Kind == ScimTokenKind.Open)
        {
            return Grouped(root);
        }
        if (token.Is("not") && _token.Kind == ScimTokenKind.Open)
        {
            Take();
            return new ScimNot(Grouped(root));
        }
        return token.Kind == ScimTokenKind.Word ? Expression(root, token) : throw Unexpected("an attribute, 'not' or '('", token);
    }

    private ScimFilter Grouped(ScimAttribute root)
    {
        var filter = AnyOf(root);
        Take(ScimTokenKind.Close, "')'");
        return filter;
    }

    private ScimFilter Expression(ScimAttribute root, ScimToken name)
    {
        var path = ScimPath.Find(root, name.Text);
        if (path is null && !_passUnknown)
        {
            throw _lexer.Wrong(name.At, $"there is no attribute '{ScimJson.Excerpt(name.Text)}'.");
        }
        return _token.Kind == ScimTokenKind.OpenItem ? Item(path, name) : Comparison(path, name);
    }

    /// <summary>Beyond the grammar, <c>emails[type eq "work"].value eq "x"</c>: Entra ID looks people up so.</summary>
    private ScimFilter Item(ScimPath? path, ScimToken name)
    {
        if (path is { Leaf.IsComplex: false })
        {
            throw _lexer.Wrong(name.At, $"'{path}' has no parts to select by.");
        }
        Take();
        var inner = AnyOf(path?.Leaf ?? Unknown);
        Take(ScimTokenKind.CloseItem, "']'");
        if (_token is { Kind: ScimTokenKind.Word, Text: ['.', .. var rest] })
        {
            var sub = Take() with { Text = rest };
            inner = ScimFilter.AllOf([inner, Expression(path?.Leaf ?? Unknown, sub)]);
        }
        return path is null ? new ScimNothing(name.Text) : new ScimItemFilter(path, inner);
    }

    private ScimFilter Comparison(ScimPath? path, ScimToken name)
    {
        var word = Take();
        if (word.Is("pr"))
        {
            return path is null ? new ScimNothing(name.Text) : new ScimPresent(path);
        }
        if (word.Kind != ScimTokenKind.Word || ScimJson.Named<ScimOperator>(word.Text) is not { } comparison)
        {
            throw Unexpected("one of eq, ne, co, sw, ew, pr, gt, ge, lt and le", word);
        }
        var value = Take();
        if (value.Kind is not (ScimTokenKind.Word or ScimTokenKind.Text))
        {
            throw Unexpected("a value", value);
        }
        return path is null ? new ScimNothing(name.Text) : ScimComparisons.Of(path, comparison, value, _lexer);
    }

    private ScimToken Take()
    {
        var token = _token;
        _token = _lexer.Next();
        return token;
    }

    private void Take(ScimTokenKind kind, string expected)
    {
        if (Take() is var token && token.Kind != kind)
        {
            throw Unexpected(expected, token);
        }
    }

    private ScimException Unexpected(string expected) => Unexpected(expected, _token);

    private ScimException Unexpected(string expected, ScimToken found) =>
        _lexer.Wrong(found.At, found.Kind == ScimTokenKind.End ? $"{expected} is expected." : $"{expected} is expected, not '{ScimJson.Excerpt(found.Text)}'.");
}
