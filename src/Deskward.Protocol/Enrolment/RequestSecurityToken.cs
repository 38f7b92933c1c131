using System.Xml;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Enrolment;

/// <summary>For whom the PC enrols: a signed-in person (certificate in My\User) or the PC itself (My\System).</summary>
public enum EnrolmentType { Full, Device }

/// <summary>A fact the PC states about itself, e.g. <c>DeviceName</c>; names may repeat (<c>MAC</c>).</summary>
public sealed record ContextItem(string Name, string Value);

/// <summary>Asks for a certificate (MS-WSTEP 3.1.4.1): <see cref="IssueRequest"/> or <see cref="RenewRequest"/>.</summary>
public abstract record RequestSecurityToken
{
    private protected RequestSecurityToken() { }

    public required SoapHeader Header { get; init; }

    /// <summary>Everything the PC states, in its order, unknown names too; claims.</summary>
    public required IReadOnlyList<ContextItem> Context { get; init; }

    /// <summary>The first value of that name; null when it is not stated or blank.</summary>
    public string? Fact(string name) => Facts(name).FirstOrDefault();

    /// <summary>All values of that name that are not blank.</summary>
    public IEnumerable<string> Facts(string name) =>
        Context.Where(item => item.Name == name && item.Value.Length > 0).Select(item => item.Value);

    /// <summary>Reads the request. What it carries as PKCS#10 or PKCS#7 is taken out and not yet looked into.</summary>
    /// <exception cref="ProtocolException">The only exception.</exception>
    public static RequestSecurityToken Read(ReadOnlyMemory<byte> message)
    {
        var (header, body) = SoapEnvelope.Read(message, nameof(RequestSecurityToken), EnrolmentNames.Trust);
        var token = SoapEnvelope.Inner(body, nameof(BinarySecurityToken), EnrolmentNames.Security);
        var context = ReadContext(body.Child("AdditionalContext", EnrolmentNames.Authorization));
        var type = SoapEnvelope.Required(body, "RequestType");
        var request = type switch
        {
            EnrolmentNames.Issue => (RequestSecurityToken)new IssueRequest
            {
                Header = header, Context = context, Pkcs10 = Der(token, "#PKCS10", maybeTwice: false),
            },
            EnrolmentNames.Renew => new RenewRequest
            {
                Header = header, Context = context, Pkcs7 = Der(token, "#PKCS7", maybeTwice: true),
            },
            _ => throw new ProtocolException($"RequestType is '{type}'; expected {EnrolmentNames.Issue} or {EnrolmentNames.Renew}."),
        };
        request.Check();
        return request;
    }

    /// <summary>Writes the request as Windows sends it.</summary>
    /// <exception cref="ProtocolException">The context lacks what the kind of request demands.</exception>
    public byte[] Write()
    {
        Check();
        return SoapWriter.Request(EnrolmentStep.RequestSecurityToken, Header, xml =>
        {
            var (type, valueType, der) = Carried();
            xml.WriteStartElement("wst", nameof(RequestSecurityToken), EnrolmentNames.Trust);
            xml.Element("wst", "TokenType", EnrolmentNames.Trust, EnrolmentNames.DeviceEnrollmentToken);
            xml.Element("wst", "RequestType", EnrolmentNames.Trust, type);
            SoapWriter.Token(xml, "wsse", valueType, der);
            WriteContext(xml);
            xml.WriteEndElement();
        });
    }

    private protected abstract void Check();

    private protected abstract (string Type, string ValueType, byte[] Der) Carried();

    // Documentation prints the value type of a renewal with the namespace of WS-Security in front, so only its end counts.
    private static byte[] Der(Element token, string kind, bool maybeTwice)
    {
        var type = token.Attribute("ValueType")?.Trim() ?? "";
        return type.EndsWith(kind, StringComparison.OrdinalIgnoreCase)
            ? WireBytes.DerFromBase64(token.Text, maybeTwice)
            : throw new ProtocolException($"The BinarySecurityToken has ValueType '{type}'; expected one that ends in {kind}.");
    }

    private static List<ContextItem> ReadContext(Element? context) =>
        [.. context?.ChildrenNamed(nameof(ContextItem), context.Namespace).Select(item => new ContextItem(
            item.Attribute("Name")?.Trim() is { Length: > 0 } name ? name : throw new ProtocolException("A ContextItem has no Name."),
            SoapEnvelope.Value(item, "Value") ?? "")) ?? []];

    private void WriteContext(XmlWriter xml)
    {
        xml.WriteStartElement("ac", "AdditionalContext", EnrolmentNames.Authorization);
        foreach (var item in Context)
        {
            xml.WriteStartElement("ac", nameof(ContextItem), EnrolmentNames.Authorization);
            xml.WriteAttributeString("Name", WireBytes.Clean(item.Name));
            xml.Element("ac", "Value", EnrolmentNames.Authorization, item.Value);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }
}

/// <summary>The first certificate of an enrolment.</summary>
public sealed record IssueRequest : RequestSecurityToken
{
    /// <summary>Characters of the longest DeviceID that a service should take; Windows' has 32. A longer one is read, so that it can be refused in the right form.</summary>
    public const int LongestDeviceId = 64;

    /// <summary>DER of the certificate request, unchecked: see <see cref="Pkcs10Request"/>.</summary>
    public required byte[] Pkcs10 { get; init; }

    /// <summary>The name the PC will use in its sessions; 32 hex digits on Windows, at least one character of printable ASCII; see <see cref="LongestDeviceId"/>.</summary>
    public string DeviceId => Single("DeviceID");

    public EnrolmentType EnrolmentType => Single("EnrollmentType") is var text
        && text.Equals(nameof(EnrolmentType.Full), StringComparison.OrdinalIgnoreCase) ? EnrolmentType.Full
        : text.Equals(nameof(EnrolmentType.Device), StringComparison.OrdinalIgnoreCase) ? EnrolmentType.Device
        : throw new ProtocolException($"EnrollmentType is '{text}'; expected Full or Device.");

    private protected override void Check()
    {
        var id = DeviceId;
        if (id.Length == 0 || id.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ProtocolException("DeviceID is empty, or holds something else than printable ASCII.");
        }
        _ = EnrolmentType;
    }

    private protected override (string Type, string ValueType, byte[] Der) Carried() => (EnrolmentNames.Issue, EnrolmentNames.Pkcs10, Pkcs10);

    private string Single(string name)
    {
        var values = Facts(name).Take(2).ToList();
        return values.Count == 1 ? values[0] : throw new ProtocolException($"The AdditionalContext must state {name} exactly once.");
    }
}

/// <summary>A new certificate for an enrolled PC. Who it is follows from the signer of the PKCS#7 alone, never from the context.</summary>
public sealed record RenewRequest : RequestSecurityToken
{
    /// <summary>DER of a CMS SignedData that holds the new PKCS#10, signed with the old key; unchecked.</summary>
    public required byte[] Pkcs7 { get; init; }

    private protected override void Check() { }

    private protected override (string Type, string ValueType, byte[] Der) Carried() => (EnrolmentNames.Renew, EnrolmentNames.Pkcs7, Pkcs7);
}
