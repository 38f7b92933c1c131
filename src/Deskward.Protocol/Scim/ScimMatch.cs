namespace Deskward.Protocol.Scim;

/// <summary>Filters in memory. Depth is bounded by the parser.</summary>
internal static class ScimMatch
{
    public static bool Is(ScimFilter filter, ScimComplex value) => filter switch
    {
        ScimAllOf all => all.Parts.All(part => Is(part, value)),
        ScimAnyOf any => any.Parts.Any(part => Is(part, value)),
        ScimNot not => !Is(not.Inner, value),
        ScimPresent present => present.Path.Values(value).Any(),
        ScimCompare compare => Compares(compare, value),
        ScimItemFilter item => item.Path.Values(value).OfType<ScimComplex>().Any(one => Is(item.Inner, one)),
        ScimNothing => false,
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    private static bool Compares(ScimCompare compare, ScimComplex from)
    {
        // Most paths in the brackets of a PATCH are one step: no enumerators for each of a hundred thousand members.
        if (compare.Path.Steps.Count == 1 && from.Get(compare.Path.Leaf) is ScimScalar only)
        {
            return Compares(compare, only.Value);
        }
        var hasValue = false;
        foreach (var scalar in compare.Path.Values(from).OfType<ScimScalar>())
        {
            if (Compares(compare, scalar.Value))
            {
                return true;
            }
            hasValue = true;
        }
        return !hasValue && compare.Operator == ScimOperator.Ne;
    }

    private static bool Compares(ScimCompare compare, object found) => (compare.Operator, found, compare.Value) switch
    {
        (ScimOperator.Co, string text, string part) => text.Contains(part, compare.Path.Leaf.Comparison),
        (ScimOperator.Sw, string text, string part) => text.StartsWith(part, compare.Path.Leaf.Comparison),
        (ScimOperator.Ew, string text, string part) => text.EndsWith(part, compare.Path.Leaf.Comparison),
        _ => Holds(compare.Operator, Order(compare.Path.Leaf, found, compare.Value)),
    };

    private static bool Holds(ScimOperator comparison, int order) => comparison switch
    {
        ScimOperator.Eq => order == 0,
        ScimOperator.Ne => order != 0,
        ScimOperator.Gt => order > 0,
        ScimOperator.Ge => order >= 0,
        ScimOperator.Lt => order < 0,
        ScimOperator.Le => order <= 0,
        ScimOperator.Co or ScimOperator.Sw or ScimOperator.Ew => false,
    };

    /// <summary>How two values of one attribute stand to each other; strings by code unit, in upper case where case does not count.</summary>
    public static int Order(ScimAttribute attribute, object one, object other) => (one, other) switch
    {
        (string first, string second) => string.Compare(first, second, attribute.Comparison),
        (bool first, bool second) => first.CompareTo(second),
        (DateTimeOffset first, DateTimeOffset second) => first.CompareTo(second),
        _ => Number(one).CompareTo(Number(other)),
    };

    private static decimal Number(object value) => value is long integer ? integer : (decimal)value;
}
