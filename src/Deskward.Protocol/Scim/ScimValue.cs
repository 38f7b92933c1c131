using System.Globalization;

namespace Deskward.Protocol.Scim;

/// <summary>The value of an attribute: a <see cref="ScimScalar"/>, a <see cref="ScimComplex"/> or a <see cref="ScimList"/>. Never changes; equality is by content.</summary>
public abstract class ScimValue : IEquatable<ScimValue>
{
    private protected ScimValue()
    {
    }

    public abstract bool Equals(ScimValue? other);

    public sealed override bool Equals(object? obj) => Equals(obj as ScimValue);

    public abstract override int GetHashCode();
}

/// <summary>One simple value.</summary>
public sealed class ScimScalar : ScimValue
{
    private ScimScalar(object value) => Value = value;

    /// <summary>A string (also of references and base64), a bool, a long, a decimal, or a DateTimeOffset in UTC.</summary>
    public object Value { get; }

    public static ScimScalar Of(string value) => new(value);

    public static ScimScalar Of(bool value) => new(value);

    public static ScimScalar Of(long value) => new(value);

    public static ScimScalar Of(decimal value) => new(value);

    public static ScimScalar Of(DateTimeOffset value) => new(value.ToUniversalTime());

    public override bool Equals(ScimValue? other) => other is ScimScalar scalar && scalar.Value.Equals(Value);

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => Convert.ToString(Value, CultureInfo.InvariantCulture)!;
}

/// <summary>Several values of one attribute, in their order; never empty and never nested in a resource.</summary>
public sealed class ScimList(IReadOnlyList<ScimValue> items) : ScimValue
{
    private int? _hash;

    public IReadOnlyList<ScimValue> Items { get; } = items;

    public override bool Equals(ScimValue? other) => other is ScimList list && (ReferenceEquals(list, this) || list.Items.SequenceEqual(Items));

    public override int GetHashCode() => _hash ??= Items.Aggregate(17, HashCode.Combine);

    /// <summary>Null when there are none, as RFC 7643 section 2.5 equals the two.</summary>
    internal static ScimList? OrNull(IReadOnlyList<ScimValue> items) => items.Count == 0 ? null : new ScimList(items);
}

/// <summary>The sub-attributes of a complex value that have values.</summary>
public sealed class ScimComplex : ScimValue
{
    public static readonly ScimComplex Empty = new([]);

    private readonly KeyValuePair<ScimAttribute, ScimValue>[] _entries;
    private int? _hash;

    private ScimComplex(KeyValuePair<ScimAttribute, ScimValue>[] entries) => _entries = entries;

    /// <summary>In the order in which they were set.</summary>
    public IReadOnlyList<KeyValuePair<ScimAttribute, ScimValue>> Entries => _entries;

    public bool IsEmpty => _entries.Length == 0;

    /// <summary>The value of a sub-attribute; null when it has none.</summary>
    public ScimValue? Get(ScimAttribute attribute)
    {
        foreach (var entry in _entries)
        {
            if (ReferenceEquals(entry.Key, attribute))
            {
                return entry.Value;
            }
        }
        return null;
    }

    /// <summary>The text of a sub-attribute by its name as the schema spells it, e.g. <c>value</c> of a member; null when it has none.</summary>
    public string? Text(string name) => _entries.FirstOrDefault(entry => entry.Key.Name == name).Value is ScimScalar { Value: string text } ? text : null;

    /// <summary>The same with one sub-attribute set; null unsets it.</summary>
    public ScimComplex With(ScimAttribute attribute, ScimValue? value)
    {
        var at = Array.FindIndex(_entries, entry => ReferenceEquals(entry.Key, attribute));
        if (value is null)
        {
            return at < 0 ? this : new([.. _entries[..at], .. _entries[(at + 1)..]]);
        }
        if (at < 0)
        {
            return new([.. _entries, new(attribute, value)]);
        }
        var entries = _entries.ToArray();
        entries[at] = new(attribute, value);
        return new(entries);
    }

    /// <summary>A value of a complex attribute by the names of its sub-attributes; what is null is left out.</summary>
    public static ScimComplex Of(ScimAttribute owner, params (string Name, ScimValue? Value)[] parts) => parts.Aggregate(
        Empty, (value, part) => value.With(owner.Find(part.Name) ?? throw new ArgumentException($"{owner.Name} has no sub-attribute {part.Name}.", nameof(parts)), part.Value));

    /// <summary>Whether everything that <paramref name="part"/> has is the same here.</summary>
    internal bool Covers(ScimComplex part) => part._entries.All(entry => entry.Value.Equals(Get(entry.Key)));

    public override bool Equals(ScimValue? other) => other is ScimComplex complex && complex._entries.Length == _entries.Length && Covers(complex);

    /// <summary>Order does not count.</summary>
    public override int GetHashCode() => _hash ??= _entries.Aggregate(17, (hash, entry) => hash ^ HashCode.Combine(entry.Key.Name, entry.Value));
}
