using System.Globalization;
using System.Text;
using System.Xml;

namespace Deskward.Protocol.Enrolment;

/// <summary>Writes SOAP 1.2 the way Windows reads it: UTF-8 without byte order mark, no declaration, no white space between elements.</summary>
internal static class SoapWriter
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        OmitXmlDeclaration = true,
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>Any document in that style.</summary>
    public static byte[] Document(Action<XmlWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, Settings))
        {
            write(xml);
        }
        return bytes.ToArray();
    }

    /// <summary>A request as a client sends it.</summary>
    public static byte[] Request(EnrolmentStep step, SoapHeader header, Action<XmlWriter> body) => Document(xml =>
    {
        Open(xml);
        Required(xml, "Action", step.RequestAction());
        xml.Element("a", "MessageID", EnrolmentNames.Addressing, header.MessageId
            ?? throw new ArgumentException("A request needs a MessageID.", nameof(header)));
        xml.WriteStartElement("a", "ReplyTo", EnrolmentNames.Addressing);
        xml.Element("a", "Address", EnrolmentNames.Addressing, EnrolmentNames.Anonymous);
        xml.WriteEndElement();
        Required(xml, "To", header.To ?? throw new ArgumentException("A request needs an address.", nameof(header)));
        WriteCredentials(xml, header.Credentials);
        WriteBody(xml, schemaPrefixes: false, body);
    });

    /// <summary>An answer. <paramref name="created"/> adds the security header with a time stamp of five minutes, which RSTRC has.</summary>
    public static byte[] Response(
        EnrolmentStep step, string? relatesTo, Guid? activityId, DateTimeOffset? created, Action<XmlWriter> body) => Document(xml =>
    {
        Open(xml);
        Required(xml, "Action", step.ResponseAction());
        if (activityId is { } id)
        {
            xml.WriteStartElement("ActivityId", EnrolmentNames.Diagnostics);
            xml.WriteAttributeString("CorrelationId", id.ToString());
            xml.WriteString(id.ToString());
            xml.WriteEndElement();
        }
        if (relatesTo is not null)
        {
            xml.Element("a", "RelatesTo", EnrolmentNames.Addressing, relatesTo);
        }
        if (created is { } from)
        {
            OpenSecurity(xml);
            xml.WriteStartElement("u", "Timestamp", EnrolmentNames.SecurityUtility);
            xml.WriteAttributeString("u", "Id", EnrolmentNames.SecurityUtility, "_0");
            xml.Element("u", "Created", EnrolmentNames.SecurityUtility, Instant(from));
            xml.Element("u", "Expires", EnrolmentNames.SecurityUtility, Instant(from.AddMinutes(5)));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        WriteBody(xml, schemaPrefixes: true, body);
    });

    /// <summary>An element with text in it.</summary>
    public static void Element(this XmlWriter xml, string? prefix, string name, string @namespace, string text)
    {
        xml.WriteStartElement(prefix, name, @namespace);
        xml.WriteString(WireBytes.Clean(text));
        xml.WriteEndElement();
    }

    /// <summary>An element that says it has no value.</summary>
    public static void Nil(this XmlWriter xml, string name, string @namespace)
    {
        xml.WriteStartElement(name, @namespace);
        xml.WriteAttributeString("xsi", "nil", EnrolmentNames.SchemaInstance, "true");
        xml.WriteEndElement();
    }

    private static void Open(XmlWriter xml)
    {
        xml.WriteStartElement("s", "Envelope", EnrolmentNames.Soap12);
        xml.WriteAttributeString("xmlns", "s", null, EnrolmentNames.Soap12);
        xml.WriteAttributeString("xmlns", "a", null, EnrolmentNames.Addressing);
        xml.WriteAttributeString("xmlns", "u", null, EnrolmentNames.SecurityUtility);
        xml.WriteStartElement("s", "Header", EnrolmentNames.Soap12);
    }

    private static void WriteBody(XmlWriter xml, bool schemaPrefixes, Action<XmlWriter> body)
    {
        xml.WriteEndElement();
        xml.WriteStartElement("s", "Body", EnrolmentNames.Soap12);
        if (schemaPrefixes)
        {
            xml.WriteAttributeString("xmlns", "xsi", null, EnrolmentNames.SchemaInstance);
            xml.WriteAttributeString("xmlns", "xsd", null, EnrolmentNames.Schema);
        }
        body(xml);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Required(XmlWriter xml, string name, string text)
    {
        xml.WriteStartElement("a", name, EnrolmentNames.Addressing);
        MustUnderstand(xml);
        xml.WriteString(WireBytes.Clean(text));
        xml.WriteEndElement();
    }

    private static void MustUnderstand(XmlWriter xml) => xml.WriteAttributeString("s", "mustUnderstand", EnrolmentNames.Soap12, "1");

    private static void OpenSecurity(XmlWriter xml)
    {
        xml.WriteStartElement("o", "Security", EnrolmentNames.Security);
        MustUnderstand(xml);
    }

    private static void WriteCredentials(XmlWriter xml, Credentials? credentials)
    {
        if (credentials is not (UsernameToken or BinarySecurityToken))
        {
            return;
        }
        OpenSecurity(xml);
        if (credentials is UsernameToken user)
        {
            xml.WriteStartElement("o", "UsernameToken", EnrolmentNames.Security);
            xml.Element("o", "Username", EnrolmentNames.Security, user.Username);
            xml.WriteStartElement("o", "Password", EnrolmentNames.Security);
            xml.WriteAttributeString("o", "Type", EnrolmentNames.Security, EnrolmentNames.PasswordText);
            xml.WriteString(WireBytes.Clean(user.Password));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        else if (credentials is BinarySecurityToken token)
        {
            Token(xml, "o", token.ValueType ?? EnrolmentNames.DeviceEnrollmentUserToken, token.Value);
        }
        xml.WriteEndElement();
    }

    /// <summary>A BinarySecurityToken, base64 in one line.</summary>
    public static void Token(XmlWriter xml, string? prefix, string valueType, byte[] value)
    {
        xml.WriteStartElement(prefix, "BinarySecurityToken", EnrolmentNames.Security);
        xml.WriteAttributeString("ValueType", valueType);
        xml.WriteAttributeString("EncodingType", EnrolmentNames.Base64Encoding);
        xml.WriteString(Convert.ToBase64String(value));
        xml.WriteEndElement();
    }

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
