using System.Globalization;
using System.Xml;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Enrolment;

/// <summary>How a person or a PC proves who it is while enrolling (MS-MDE2 3.1.4.1.3).</summary>
public enum AuthPolicy { OnPremise, Federated, Certificate }

/// <summary>The first question of a PC: who enrols this address, and how (MS-MDE2 3.1.4.1)? Everything in it is a claim.</summary>
public sealed record Discover
{
    public required SoapHeader Header { get; init; }

    /// <summary>E-mail address or <c>domain\user</c>; null in programmatic enrolment.</summary>
    public string? EmailAddress { get; init; }

    /// <summary>From 1.0 up; Windows 11 25H2 sends 9.0.</summary>
    public required decimal RequestVersion { get; init; }

    /// <summary><c>CIMClient_Windows</c> on PCs.</summary>
    public string? DeviceType { get; init; }

    public string? ApplicationVersion { get; init; }

    /// <summary>SKU number: 4 Enterprise, 48 Pro, 101 Core.</summary>
    public string? OsEdition { get; init; }

    public string? OsVersion { get; init; }

    /// <summary>What the PC offers; unknown ones are left out, and old versions send none.</summary>
    public IReadOnlyList<AuthPolicy> AuthPolicies { get; init; } = [];

    /// <summary>Reads the request of a PC, children in any order.</summary>
    /// <exception cref="ProtocolException">The only exception.</exception>
    public static Discover Read(ReadOnlyMemory<byte> message)
    {
        var (header, body) = SoapEnvelope.Read(message, nameof(Discover), EnrolmentNames.Discovery);
        var request = SoapEnvelope.Inner(body, "request");
        return new Discover
        {
            Header = header,
            EmailAddress = SoapEnvelope.Value(request, nameof(EmailAddress)),
            RequestVersion = Version(SoapEnvelope.Required(request, nameof(RequestVersion))),
            DeviceType = SoapEnvelope.Value(request, nameof(DeviceType)),
            ApplicationVersion = SoapEnvelope.Value(request, nameof(ApplicationVersion)),
            OsEdition = SoapEnvelope.Value(request, "OSEdition"),
            OsVersion = SoapEnvelope.Value(request, "OSVersion"),
            AuthPolicies = Policies(request.Child(nameof(AuthPolicies), request.Namespace)),
        };
    }

    /// <summary>Writes the request as Windows sends it.</summary>
    public byte[] Write() => SoapWriter.Request(EnrolmentStep.Discover, Header, xml =>
    {
        xml.WriteStartElement(nameof(Discover), EnrolmentNames.Discovery);
        xml.WriteStartElement("request", EnrolmentNames.Discovery);
        Write(xml, nameof(EmailAddress), EmailAddress ?? "");
        Write(xml, nameof(RequestVersion), RequestVersion.ToString("0.0##", CultureInfo.InvariantCulture));
        Write(xml, nameof(DeviceType), DeviceType);
        Write(xml, nameof(ApplicationVersion), ApplicationVersion);
        Write(xml, "OSEdition", OsEdition);
        Write(xml, "OSVersion", OsVersion);
        xml.WriteStartElement(nameof(AuthPolicies), EnrolmentNames.Discovery);
        foreach (var policy in AuthPolicies)
        {
            Write(xml, nameof(AuthPolicy), policy.ToString());
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    });

    private static void Write(XmlWriter xml, string name, string? text)
    {
        if (text is not null)
        {
            xml.Element(null, name, EnrolmentNames.Discovery, text);
        }
    }

    private static decimal Version(string text) =>
        text.Length <= 30
        && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version)
        && version >= 1
            ? version
            : throw new ProtocolException($"RequestVersion is '{text}'; expected a decimal number from 1.0 up.");

    // The documentation puts the text straight into AuthPolicies in its certificate sample.
    private static List<AuthPolicy> Policies(Element? list)
    {
        var texts = list?.ChildrenNamed(nameof(AuthPolicy), list.Namespace).Select(child => child.Text).Append(list.Text) ?? [];
        return [.. texts.Select(Parse).OfType<AuthPolicy>().Distinct()];
    }

    /// <summary>Null when it is none that is known.</summary>
    internal static AuthPolicy? Parse(string text) => text.Trim() switch
    {
        nameof(AuthPolicy.OnPremise) => AuthPolicy.OnPremise,
        nameof(AuthPolicy.Federated) => AuthPolicy.Federated,
        nameof(AuthPolicy.Certificate) => AuthPolicy.Certificate,
        _ => null,
    };
}
