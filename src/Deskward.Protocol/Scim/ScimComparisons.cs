using System.Globalization;

namespace Deskward.Protocol.Scim;

/// <summary>Which comparisons there are, by the type of the attribute.</summary>
internal static class ScimComparisons
{
    /// <summary>A comparison with a value that was read from a filter.</summary>
    public static ScimFilter Of(ScimPath path, ScimOperator comparison, ScimToken value, ScimFilterLexer lexer)
    {
        // emails co "x" means the values of the list (RFC 7644 section 3.4.2.2).
        if (path.Leaf.IsComplex && !value.Is("null"))
        {
            path = path.Leaf.Find("value") is { } inner ? path.Then(inner) : throw lexer.Wrong(value.At, $"'{path}' has parts; name the one to compare.");
        }
        if (value.Is("null"))
        {
            return comparison switch
            {
                ScimOperator.Eq => new ScimNot(new ScimPresent(path)),
                ScimOperator.Ne => new ScimPresent(path),
                _ => throw lexer.Wrong(value.At, "null can be compared by eq and ne only."),
            };
        }
        if (!Allows(path.Leaf.Type, comparison))
        {
            throw lexer.Wrong(value.At, $"'{path}' cannot be compared by '{comparison.ToString().ToLowerInvariant()}'.");
        }
        return new ScimCompare(path, comparison, Typed(path.Leaf.Type, value) ?? throw lexer.Wrong(value.At, $"'{path}' is compared with {ScimScalars.Expected(path.Leaf.Type)}."));
    }

    private static bool Allows(ScimDataType type, ScimOperator comparison) => type switch
    {
        ScimDataType.String or ScimDataType.Reference => true,
        ScimDataType.Boolean or ScimDataType.Binary => comparison is ScimOperator.Eq or ScimOperator.Ne,
        ScimDataType.Integer or ScimDataType.Decimal or ScimDataType.DateTime => comparison is not (ScimOperator.Co or ScimOperator.Sw or ScimOperator.Ew),
        ScimDataType.Complex => false,
    };

    /// <summary>Booleans also as strings: Entra ID sends <c>[primary eq "True"]</c>.</summary>
    private static object? Typed(ScimDataType type, ScimToken value) => type switch
    {
        ScimDataType.Boolean => bool.TryParse(value.Text, out var flag) ? flag : null,
        ScimDataType.Integer or ScimDataType.Decimal => value.Kind == ScimTokenKind.Word
            && decimal.TryParse(value.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ => value.Kind == ScimTokenKind.Text ? ScimScalars.Read(type, value.Text)?.Value : null,
    };
}
