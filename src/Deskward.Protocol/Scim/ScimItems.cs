namespace Deskward.Protocol.Scim;

/// <summary>
/// Which values of a list are the same. A value with a sub-attribute <c>value</c> is known by it and, where both have one, by its <c>type</c>: RFC 7643 section 2.4 wants
/// such a pair once. Others are the same when all of them is. Many look-ups cost linear time: the first few go through the list, because most clients change one member
/// of a large group at a time, and the next one makes an index.
/// </summary>
internal sealed class ScimItems
{
    private const int Scans = 4;

    private readonly ScimAttribute? _value;
    private readonly ScimAttribute? _type;
    private readonly List<ScimValue> _items;
    private readonly Dictionary<(string Value, string Type), int> _byPair = [];
    private readonly Dictionary<string, int> _byValue = [];
    private readonly Dictionary<ScimValue, int> _whole = [];
    private int _lookUps;

    public ScimItems(ScimAttribute attribute, IReadOnlyList<ScimValue> items)
    {
        _value = attribute.Find("value");
        _type = attribute.Find("type");
        _items = [.. items];
    }

    public IReadOnlyList<ScimValue> Items => _items;

    public ScimValue this[int at]
    {
        get => _items[at];
        set => _items[at] = value;
    }

    /// <summary>Where the same value stands; -1 when it is new.</summary>
    public int Find(ScimValue item)
    {
        if (++_lookUps <= Scans)
        {
            return Scan(item);
        }
        for (var at = 0; _lookUps == Scans + 1 && at < _items.Count; at++)
        {
            Index(at);
        }
        if (Key(item, _value) is not { } value)
        {
            return _whole.GetValueOrDefault(item, -1);
        }
        return Key(item, _type) is { } type
            ? _byPair.GetValueOrDefault((value, type), _byPair.GetValueOrDefault((value, ""), -1)) : _byValue.GetValueOrDefault(value, -1);
    }

    public void Add(ScimValue item)
    {
        _items.Add(item);
        if (_lookUps > Scans)
        {
            Index(_items.Count - 1);
        }
    }

    /// <summary>The list of a PUT, each value with what the client may leave out of the one that was there before: what is readOnly or set for good.</summary>
    public static ScimList KeepSettled(ScimAttribute attribute, ScimAttribute value, ScimList before, ScimList sent)
    {
        var known = new ScimItems(attribute, before.Items);
        return new ScimList([.. sent.Items.Select(item =>
            item is ScimComplex complex && complex.Get(value) is not null && known.Find(complex) is var at and >= 0 && known[at] is ScimComplex old
                ? old.Entries.Where(entry => IsSettled(entry.Key, complex)).Aggregate(complex, (kept, entry) => kept.With(entry.Key, entry.Value)) : item)]);
    }

    private static bool IsSettled(ScimAttribute part, ScimComplex sent) =>
        part.Mutability == ScimMutability.ReadOnly || (part.Mutability == ScimMutability.Immutable && sent.Get(part) is null);

    private int Scan(ScimValue item)
    {
        if (Text(item, _value) is not { } value)
        {
            return _items.IndexOf(item);
        }
        var type = Text(item, _type);
        var untyped = -1;
        for (var at = 0; at < _items.Count; at++)
        {
            if (value.Equals(Text(_items[at], _value), _value!.Comparison))
            {
                var other = Text(_items[at], _type);
                if (type is null || type.Equals(other, _type!.Comparison))
                {
                    return at;
                }
                untyped = untyped < 0 && other is null ? at : untyped;
            }
        }
        return untyped;
    }

    private void Index(int at)
    {
        var item = _items[at];
        if (Key(item, _value) is { } value)
        {
            _byPair.TryAdd((value, Key(item, _type) ?? ""), at);
            _byValue.TryAdd(value, at);
        }
        else
        {
            _whole.TryAdd(item, at);
        }
    }

    private static string? Key(ScimValue item, ScimAttribute? part) => Text(item, part) is { } text ? part!.IsCaseExact ? text : text.ToUpperInvariant() : null;

    private static string? Text(ScimValue item, ScimAttribute? part) => part is not null && item is ScimComplex complex && complex.Get(part) is ScimScalar { Value: string text } ? text : null;
}
