namespace Deskward.Protocol.Scim;

/// <summary>What a PATCH must make so that a list stays sound.</summary>
internal static class ScimPrimary
{
    /// <summary>
    /// When a list has got a further primary value, those that were primary before are no longer (RFC 7644 section 3.5.2). Several new ones stay, to be refused when the
    /// resource is checked.
    /// </summary>
    public static ScimList Settle(ScimAttribute primary, ScimList? before, ScimList after)
    {
        bool IsPrimary(ScimValue item) => item is ScimComplex complex && ScimValidation.IsTrue(complex.Get(primary));
        if (after.Items.Count(IsPrimary) <= 1)
        {
            return after;
        }
        var old = (before?.Items ?? []).Where(IsPrimary).ToHashSet();
        return !after.Items.Any(item => IsPrimary(item) && !old.Contains(item)) ? after
            : new ScimList([.. after.Items.Select(item => old.Contains(item) ? ((ScimComplex)item).With(primary, ScimScalar.Of(false)) : item)]);
    }

    /// <summary>The value that a filter describes: what it compares by <c>eq</c>, joined by <c>and</c>; null when it says anything else.</summary>
    public static ScimComplex? Wanted(ScimFilter filter)
    {
        var value = ScimComplex.Empty;
        foreach (var part in filter is ScimAllOf all ? all.Parts : [filter])
        {
            if (part is not ScimCompare { Operator: ScimOperator.Eq, Path.Steps: [{ Mutability: not ScimMutability.ReadOnly } attribute] } compare || value.Get(attribute) is not null)
            {
                return null;
            }
            value = value.With(attribute, Scalar(attribute, compare.Value));
        }
        return value;
    }

    private static ScimScalar Scalar(ScimAttribute attribute, object value) => value switch
    {
        string text => ScimScalar.Of(text),
        bool flag => ScimScalar.Of(flag),
        DateTimeOffset instant => ScimScalar.Of(instant),
        decimal number when attribute.Type == ScimDataType.Integer => ScimScalar.Of((long)number),
        decimal number => ScimScalar.Of(number),
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };
}
