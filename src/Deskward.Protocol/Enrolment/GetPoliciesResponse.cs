using System.Globalization;
using System.Xml;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Enrolment;

/// <summary>
/// What a certificate request must look like (MS-XCEP 3.1.4.1.2). Of all this Windows reads the key length, the hash algorithm and the
/// crypto providers; the rest is there because the schema wants it.
/// </summary>
public sealed record GetPoliciesResponse
{
    /// <summary>Name of the one policy; empty when another server left it out.</summary>
    public string PolicyId { get; init; } = "";

    /// <summary>In bits.</summary>
    public int MinimalKeyLength { get; init; } = 2048;

    /// <summary>Object identifier of the hash the request is signed with; SHA-256.</summary>
    public string HashAlgorithmOid { get; init; } = "2.16.840.1.101.3.4.2.1";

    /// <summary>The name Windows has for it.</summary>
    public string HashAlgorithmName { get; init; } = "szOID_NIST_sha256";

    /// <summary>How long a certificate lives; null when another server left it out.</summary>
    public TimeSpan? ValidityPeriod { get; init; } = TimeSpan.FromDays(365);

    /// <summary>How long before its end it may be renewed; null when another server left it out.</summary>
    public TimeSpan? RenewalPeriod { get; init; } = TimeSpan.FromDays(60);

    /// <summary>Key storage providers the client may use, best first; empty: its own choice.</summary>
    public IReadOnlyList<string> CryptoProviders { get; init; } = [];

    /// <summary>Set by <see cref="Read"/>: what this answers.</summary>
    public string? RelatesTo { get; init; }

    /// <param name="relatesTo">MessageID of the request.</param>
    /// <param name="activityId">Correlates with the log of the server; optional.</param>
    public byte[] Write(string? relatesTo, Guid? activityId = null) =>
        SoapWriter.Response(EnrolmentStep.GetPolicies, relatesTo, activityId, created: null, xml =>
        {
            xml.WriteStartElement(nameof(GetPoliciesResponse), EnrolmentNames.Policy);
            Start(xml, "response");
            Text(xml, "policyID", PolicyId);
            Nil(xml, "policyFriendlyName", "nextUpdateHours", "policiesNotChanged");
            Start(xml, "policies");
            Start(xml, "policy");
            Text(xml, "policyOIDReference", "0");
            Nil(xml, "cAs");
            WriteAttributes(xml);
            End(xml, 3);
            Nil(xml, "cAs");
            Start(xml, "oIDs");
            Start(xml, "oID");
            Text(xml, "value", HashAlgorithmOid);
            Text(xml, "group", "1");
            Text(xml, "oIDReferenceID", "0");
            Text(xml, "defaultName", HashAlgorithmName);
            End(xml, 3);
        });

    /// <exception cref="ProtocolException">The only exception.</exception>
    public static GetPoliciesResponse Read(ReadOnlyMemory<byte> message)
    {
        var (header, body) = SoapEnvelope.Read(message, nameof(GetPoliciesResponse), EnrolmentNames.Policy);
        var response = SoapEnvelope.Inner(body, "response");
        var policy = SoapEnvelope.Inner(SoapEnvelope.Inner(response, "policies"), "policy");
        var attributes = SoapEnvelope.Inner(policy, "attributes");
        var key = SoapEnvelope.Inner(attributes, "privateKeyAttributes");
        var hash = FindOid(body, SoapEnvelope.Required(attributes, "hashAlgorithmOIDReference"));
        var validity = attributes.Child("certificateValidity", attributes.Namespace);
        return new GetPoliciesResponse
        {
            RelatesTo = header.RelatesTo,
            PolicyId = SoapEnvelope.Value(response, "policyID") ?? "",
            MinimalKeyLength = (int)Number(SoapEnvelope.Required(key, "minimalKeyLength"), 1 << 20),
            HashAlgorithmOid = SoapEnvelope.Required(hash, "value"),
            HashAlgorithmName = SoapEnvelope.Value(hash, "defaultName") ?? "",
            ValidityPeriod = Period(validity, "validityPeriodSeconds"),
            RenewalPeriod = Period(validity, "renewalPeriodSeconds"),
            CryptoProviders = [.. key.Child("cryptoProviders", key.Namespace)?.Children.Select(provider => provider.Text.Trim()) ?? []],
        };
    }

    private static Element FindOid(Element body, string reference) =>
        SoapEnvelope.Inner(body, "oIDs").ChildrenNamed("oID", body.Namespace)
            .FirstOrDefault(oid => SoapEnvelope.Value(oid, "oIDReferenceID") == reference)
        ?? throw new ProtocolException($"No oID has the reference '{reference}' of hashAlgorithmOIDReference.");

    private static TimeSpan? Period(Element? parent, string name) =>
        parent is not null && SoapEnvelope.Value(parent, name) is { } text ? TimeSpan.FromSeconds(Number(text, uint.MaxValue)) : null;

    private static long Number(string text, long maximum) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= maximum
            ? number
            : throw new ProtocolException($"'{text}' is no number from 0 to {maximum}.");

    private void WriteAttributes(XmlWriter xml)
    {
        Start(xml, "attributes");
        Text(xml, "commonName", PolicyId);
        Text(xml, "policySchema", "3");
        Start(xml, "certificateValidity");
        Text(xml, "validityPeriodSeconds", Seconds(ValidityPeriod));
        Text(xml, "renewalPeriodSeconds", Seconds(RenewalPeriod));
        End(xml, 1);
        Start(xml, "permission");
        Text(xml, "enroll", "true");
        Text(xml, "autoEnroll", "false");
        End(xml, 1);
        WriteKeyAttributes(xml);
        Start(xml, "revision");
        Text(xml, "majorRevision", "101");
        Text(xml, "minorRevision", "0");
        End(xml, 1);
        Nil(xml, "supersededPolicies", "privateKeyFlags", "subjectNameFlags", "enrollmentFlags", "generalFlags");
        Text(xml, "hashAlgorithmOIDReference", "0");
        Nil(xml, "rARequirements", "keyArchivalAttributes", "extensions");
        End(xml, 1);
    }

    private void WriteKeyAttributes(XmlWriter xml)
    {
        Start(xml, "privateKeyAttributes");
        Text(xml, "minimalKeyLength", MinimalKeyLength.ToString(CultureInfo.InvariantCulture));
        Nil(xml, "keySpec", "keyUsageProperty", "permissions", "algorithmOIDReference");
        if (CryptoProviders.Count == 0)
        {
            Nil(xml, "cryptoProviders");
        }
        else
        {
            Start(xml, "cryptoProviders");
            foreach (var provider in CryptoProviders)
            {
                Text(xml, "provider", provider);
            }
            End(xml, 1);
        }
        End(xml, 1);
    }

    private static string Seconds(TimeSpan? period) => ((long)(period ?? TimeSpan.Zero).TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static void Start(XmlWriter xml, string name) => xml.WriteStartElement(name, EnrolmentNames.Policy);

    private static void Text(XmlWriter xml, string name, string text) => xml.Element(null, name, EnrolmentNames.Policy, text);

    private static void Nil(XmlWriter xml, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            xml.Nil(name, EnrolmentNames.Policy);
        }
    }

    private static void End(XmlWriter xml, int levels)
    {
        for (; levels > 0; levels--)
        {
            xml.WriteEndElement();
        }
    }
}
