namespace Deskward.Protocol.Scim;

/// <summary>PUT (RFC 7644 section 3.5.1).</summary>
public static class ScimReplacement
{
    /// <summary>
    /// The resource after a PUT. What is readOnly stays; what is readWrite becomes what was sent, or nothing; what is immutable may be set once; what is writeOnly
    /// stays when it was not sent, because the client cannot know it.
    /// </summary>
    /// <param name="current">As it is.</param>
    /// <param name="sent">From <see cref="ScimResource.FromRequest"/>.</param>
    /// <returns>Checked; <see cref="ScimOutcome.Changed"/> is false when it is what was there.</returns>
    /// <exception cref="ScimException"><c>mutability</c> for another value of an immutable attribute, <c>invalidValue</c> when something required lacks.</exception>
    public static ScimOutcome Apply(ScimResource current, ScimResource sent)
    {
        var resource = ScimResource.Of(current.Type, Merge(current.Type.Root, current.Values, sent.Values));
        ScimValidation.Check(resource);
        return new ScimOutcome(resource, !resource.Values.Equals(current.Values));
    }

    private static ScimComplex Merge(ScimAttribute attribute, ScimComplex current, ScimComplex sent)
    {
        foreach (var sub in attribute.SubAttributes)
        {
            sent = sent.With(sub, Merged(sub, current.Get(sub), sent.Get(sub)));
        }
        return sent;
    }

    private static ScimValue? Merged(ScimAttribute attribute, ScimValue? current, ScimValue? sent)
    {
        switch (attribute.Mutability)
        {
            case ScimMutability.ReadOnly:
            case ScimMutability.WriteOnly when sent is null:
            case ScimMutability.Immutable when sent is null:
                return current;
            case ScimMutability.Immutable when current is not null && !current.Equals(sent):
                throw new ScimException(ScimErrorType.Mutability, $"{attribute.Name} cannot be changed once it has a value.");
        }
        return (sent, current) switch
        {
            (ScimList list, ScimList before) when attribute.Find("value") is { } value => ScimItems.KeepSettled(attribute, value, before, list),
            (ScimComplex complex, ScimComplex before) => Kept(attribute, before, complex),
            _ => sent,
        };
    }

    /// <summary>Of a complex value, what is readOnly stays as long as the rest is the same; of an extension each attribute by its own rule.</summary>
    private static ScimComplex Kept(ScimAttribute attribute, ScimComplex before, ScimComplex sent)
    {
        if (attribute.IsExtension)
        {
            return Merge(attribute, before, sent);
        }
        return before.Covers(sent) && sent.Entries.Count == before.Entries.Count(entry => entry.Key.Mutability != ScimMutability.ReadOnly) ? before : sent;
    }
}
