namespace Deskward.Protocol.Xml;

/// <summary>An attribute that is no namespace declaration; <paramref name="Namespace"/> is empty when it has no prefix.</summary>
public sealed record NamedValue(string Name, string Namespace, string Value);

/// <summary>
/// An element of a message that <see cref="SafeXml"/> has read. Not XElement, because that keeps every name it has ever seen for ever,
/// and the names here are chosen by strangers.
/// </summary>
public sealed class Element
{
    private List<Element>? _children;
    private List<NamedValue>? _attributes;

    internal Element(string name, string @namespace) => (Name, Namespace) = (name, @namespace);

    /// <summary>Local name, without prefix.</summary>
    public string Name { get; }

    /// <summary>Namespace URI; empty when there is none.</summary>
    public string Namespace { get; }

    /// <summary>The text directly inside, entities and CDATA resolved, white space kept; text of child elements is not part of it.</summary>
    public string Text { get; internal set; } = "";

    /// <summary>Child elements in document order.</summary>
    public IReadOnlyList<Element> Children => _children ?? (IReadOnlyList<Element>)[];

    /// <summary>Attributes in document order, namespace declarations left out.</summary>
    public IReadOnlyList<NamedValue> Attributes => _attributes ?? (IReadOnlyList<NamedValue>)[];

    /// <summary>The first child of that name; null when there is none. Without a namespace any is accepted.</summary>
    public Element? Child(string name, string? @namespace = null) => _children?.Find(child => child.Is(name, @namespace));

    /// <summary>All children of that name, in document order.</summary>
    public IEnumerable<Element> ChildrenNamed(string name, string? @namespace = null) => Children.Where(child => child.Is(name, @namespace));

    /// <summary>The value of the first attribute of that name; null when there is none. Without a namespace any is accepted.</summary>
    public string? Attribute(string name, string? @namespace = null) =>
        _attributes?.Find(attribute => attribute.Name == name && (@namespace is null || attribute.Namespace == @namespace))?.Value;

    /// <summary>Whether this is an element of that name; without a namespace any is accepted.</summary>
    public bool Is(string name, string? @namespace = null) => Name == name && (@namespace is null || Namespace == @namespace);

    internal void Add(Element child) => (_children ??= new(2)).Add(child);

    internal void Add(NamedValue attribute) => (_attributes ??= new(2)).Add(attribute);
}
