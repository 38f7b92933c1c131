using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Enrolment;

/// <summary>A SOAP envelope that has been opened: the header, and what stands in the body.</summary>
internal sealed record SoapEnvelope(SoapHeader Header, IReadOnlyList<Element> Content)
{
    /// <summary>Opens SOAP 1.2 or 1.1; unknown header blocks are passed over, whatever they demand (s:mustUnderstand is on Action itself).</summary>
    public static SoapEnvelope Read(ReadOnlyMemory<byte> message)
    {
        var root = SafeXml.Parse(message);
        return root is { Name: "Envelope", Namespace: EnrolmentNames.Soap12 or EnrolmentNames.Soap11 }
            ? new SoapEnvelope(ReadHeader(root.Child("Header", root.Namespace)), root.Child("Body", root.Namespace)?.Children ?? [])
            : throw new ProtocolException($"The message is no SOAP envelope; its root is '{root.Name}'.");
    }

    /// <summary>Opens a message and finds in its body what it must be. Siblings are passed over: a sample of the documentation has one.</summary>
    public static (SoapHeader Header, Element Body) Read(ReadOnlyMemory<byte> message, string name, string @namespace)
    {
        var (header, content) = Read(message);
        var found = content.Where(element => element.Name == name && TrimSlash(element.Namespace) == @namespace).Take(2).ToList();
        return found.Count == 1 ? (header, found[0]) : throw new ProtocolException((found.Count, content.Count) switch
        {
            (2, _) => $"The body holds {name} more than once.",
            (_, 0) => $"The SOAP body is missing or empty; expected {name}.",
            _ when content[0].Name == "Fault" => $"The body holds a SOAP fault where {name} was expected.",
            _ => $"The body holds '{content[0].Name}' in namespace '{content[0].Namespace}'; expected {name} in '{@namespace}'.",
        });
    }

    /// <summary>The trimmed text of a child; null when it is absent, nil or blank. Two of a kind are refused: which one would count?</summary>
    public static string? Value(Element parent, string name)
    {
        var found = parent.ChildrenNamed(name, parent.Namespace).ToList();
        return found.Count switch
        {
            0 => null,
            1 => found[0].Text.Trim() is { Length: > 0 } text ? text : null,
            _ => throw new ProtocolException($"{parent.Name} has {found.Count} children {name}; at most one is allowed."),
        };
    }

    /// <summary>A child that must be there and not be blank.</summary>
    public static string Required(Element parent, string name) =>
        Value(parent, name) ?? throw new ProtocolException($"{parent.Name} has no {name}.");

    /// <summary>A child element that must be there.</summary>
    public static Element Inner(Element parent, string name, string? @namespace = null) =>
        parent.Child(name, @namespace ?? parent.Namespace) ?? throw new ProtocolException($"{parent.Name} has no {name}.");

    private static SoapHeader ReadHeader(Element? header) => header is null ? new SoapHeader() : new SoapHeader
    {
        Action = Address(header, "Action"),
        MessageId = Address(header, "MessageID"),
        RelatesTo = Address(header, "RelatesTo"),
        To = Address(header, "To"),
        Credentials = Credentials.Read(header.Child("Security", EnrolmentNames.Security)),
    };

    // The documentation's certificate sample writes Action without a namespace, so the name alone decides.
    private static string? Address(Element header, string name) =>
        (header.Child(name, EnrolmentNames.Addressing) ?? header.Child(name))?.Text.Trim() is { Length: > 0 } text ? text : null;

    private static string TrimSlash(string @namespace) => @namespace.EndsWith('/') ? @namespace[..^1] : @namespace;
}
