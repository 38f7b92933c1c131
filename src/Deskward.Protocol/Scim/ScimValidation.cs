namespace Deskward.Protocol.Scim;

/// <summary>What must hold for a resource beyond the types of its values.</summary>
public static class ScimValidation
{
    /// <summary>Refuses a resource that lacks what is required, or with two primary values of one attribute (RFC 7643 sections 2.2 and 2.4).</summary>
    /// <exception cref="ScimException"><c>invalidValue</c>, naming the attribute.</exception>
    public static void Check(ScimResource resource)
    {
        Check(resource.Type.Root, resource.Values, "");
        foreach (var extension in resource.Type.Extensions.Where(extension => extension.IsRequired && resource.Values.Get(resource.Type.Root.Find(extension.Schema.Id)!) is null))
        {
            throw new ScimException(ScimErrorType.InvalidValue, $"{extension.Schema.Id} is required.");
        }
    }

    private static void Check(ScimAttribute attribute, ScimComplex value, string where)
    {
        foreach (var sub in attribute.SubAttributes)
        {
            var name = where.Length == 0 ? sub.Name : $"{where}.{sub.Name}";
            var found = value.Get(sub);
            // What only the service sets is its own concern: a resource is checked before it gets an identifier.
            if (sub.IsRequired && sub.Mutability != ScimMutability.ReadOnly && IsBlank(found))
            {
                throw new ScimException(ScimErrorType.InvalidValue, $"{name} is required.");
            }
            if (found is ScimList list)
            {
                CheckItems(sub, list, name);
            }
            else if (found is ScimComplex complex)
            {
                Check(sub, complex, name);
            }
        }
    }

    private static void CheckItems(ScimAttribute attribute, ScimList list, string where)
    {
        if (attribute.Find("primary") is { } primary && list.Items.OfType<ScimComplex>().Count(item => IsTrue(item.Get(primary))) > 1)
        {
            throw new ScimException(ScimErrorType.InvalidValue, $"{where}: only one value can be primary.");
        }
        foreach (var item in list.Items.OfType<ScimComplex>())
        {
            Check(attribute, item, where);
        }
    }

    internal static bool IsTrue(ScimValue? value) => value is ScimScalar { Value: true };

    private static bool IsBlank(ScimValue? value) => value is null or ScimScalar { Value: "" } || (value is ScimScalar { Value: string text } && string.IsNullOrWhiteSpace(text));
}
