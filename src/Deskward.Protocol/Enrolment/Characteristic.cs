using System.Globalization;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Enrolment;

/// <summary>A characteristic of a provisioning document, read as strictly as Windows reads it: names are case-sensitive and stand once.</summary>
internal sealed class Characteristic
{
    private readonly Dictionary<string, Element> _parms = new(StringComparer.Ordinal);
    private readonly List<Characteristic> _children = [];

    private readonly Characteristic? _parent;

    private Characteristic(Element element, string type, Characteristic? parent)
    {
        Type = type;
        _parent = parent;
        foreach (var child in element.Children)
        {
            Add(child);
        }
        if (!string.IsNullOrWhiteSpace(element.Text))
        {
            throw Wrong("holds text");
        }
    }

    public string Type { get; }

    // Put together only for a refusal: kept in each node, long names would cost the square of their length.
    private string Path => _parent is null ? Type : $"{_parent.Path}/{Type}";

    /// <summary>Opens a document; its root counts as a characteristic.</summary>
    public static Characteristic Open(ReadOnlyMemory<byte> document)
    {
        var root = SafeXml.Parse(document);
        return root.Is("wap-provisioningdoc", "") && root.Attribute("version") == "1.1"
            ? new Characteristic(root, root.Name, null)
            : throw new ProtocolException($"The document is no wap-provisioningdoc of version 1.1; its root is '{root.Name}'.");
    }

    /// <summary>Refuses every child and parm that is not named here, and says so when only its case is wrong.</summary>
    public void AllowOnly(string[] types, string[] parms)
    {
        foreach (var type in _children.Select(child => child.Type).Where(type => !types.Contains(type)))
        {
            throw Unknown("characteristic", type, types);
        }
        foreach (var name in _parms.Keys.Where(name => !parms.Contains(name)))
        {
            throw Unknown("parm", name, parms);
        }
    }

    /// <summary>All children, in document order.</summary>
    public IReadOnlyList<Characteristic> Children => _children;

    public IEnumerable<Characteristic> Named(string type) => _children.Where(child => child.Type == type);

    /// <summary>The one child of that type; null when there is none.</summary>
    public Characteristic? Optional(string type) => One(Named(type), type, required: false);

    /// <summary>The one child of that type.</summary>
    public Characteristic Required(string type) => One(Named(type), type, required: true)!;

    /// <summary>The only child, whatever it is called.</summary>
    public Characteristic Only(string what) => One(_children, what, required: true)!;

    public bool Has(string name) => _parms.ContainsKey(name);

    /// <summary>Whether the parm is there without a value, which is how w7 says yes.</summary>
    public bool Flag(string name) => Has(name) && (_parms[name].Attribute("value") is null ? true : throw Wrong($"gives {name} a value; it must have none"));

    /// <summary>The value of a parm; null when it is absent.</summary>
    public string? Text(string name, string datatype = "string")
    {
        if (!_parms.TryGetValue(name, out var parm))
        {
            return null;
        }
        return (parm.Attribute("datatype") ?? datatype) == datatype
            ? parm.Attribute("value") ?? throw Wrong($"has {name} without a value")
            : throw Wrong($"gives {name} a datatype that is not {datatype}");
    }

    /// <summary>The value of a parm that must be there and not be empty.</summary>
    public string Need(string name) => Text(name) is { Length: > 0 } text ? text : throw Wrong($"has no {name}");

    public bool? Boolean(string name) => Text(name, "boolean") switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var other => throw Wrong($"has '{other}' as {name}; expected true or false"),
    };

    /// <summary>A parm that must be there and be a whole number in that range.</summary>
    public int Integer(string name, int minimum = 0, int maximum = int.MaxValue) => Integer(name, "integer", minimum, maximum);

    /// <summary>The same in w7, whose numbers carry no datatype.</summary>
    public int? W7Integer(string name) => Has(name) ? Integer(name, "string", 0, int.MaxValue) : null;

    /// <summary>Base64 in one line; nothing else is accepted.</summary>
    public byte[] Bytes(string name) => Need(name) is var text && !text.Any(char.IsWhiteSpace) && WireBytes.TryFromBase64(text, out var bytes)
        ? bytes
        : throw Wrong($"has {name} that is not base64 in one line");

    public ProtocolException Wrong(string what) => new($"The provisioning document is refused: {Path} {what}.");

    private int Integer(string name, string datatype, int minimum, int maximum) =>
        int.TryParse(Text(name, datatype), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong($"needs {name} as a number from {minimum} to {maximum}");

    private Characteristic? One(IEnumerable<Characteristic> found, string what, bool required)
    {
        var two = found.Take(2).ToList();
        return two.Count == 2 ? throw Wrong($"has more than one {what}")
            : two.Count == 0 && required ? throw Wrong($"has no {what}")
            : two.FirstOrDefault();
    }

    private void Add(Element child)
    {
        if (child.Is("characteristic", "") && child.Attribute("type") is { } type)
        {
            _children.Add(new Characteristic(child, type, this));
        }
        else if (!child.Is("parm", "") || child.Attribute("name") is not { } name)
        {
            throw Wrong($"holds '{child.Name}', which is neither a characteristic with a type nor a parm with a name");
        }
        else if (!_parms.TryAdd(name, child))
        {
            throw Wrong($"has {name} twice");
        }
    }

    private ProtocolException Unknown(string kind, string name, string[] known) =>
        Wrong(known.FirstOrDefault(right => right.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } right
            ? $"has the {kind} '{name}'; its case must be {right}"
            : $"has the {kind} '{name}', which may not stand there");
}
