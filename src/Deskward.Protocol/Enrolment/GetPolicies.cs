namespace Deskward.Protocol.Enrolment;

/// <summary>Asks what the certificate request must look like (MS-XCEP 3.1.4.1.1); says who asks, and nothing else that matters.</summary>
public sealed record GetPolicies
{
    public required SoapHeader Header { get; init; }

    /// <summary>Reads the request; what <c>client</c> tells about the TPM is passed over.</summary>
    /// <exception cref="ProtocolException">The only exception.</exception>
    public static GetPolicies Read(ReadOnlyMemory<byte> message) =>
        new() { Header = SoapEnvelope.Read(message, nameof(GetPolicies), EnrolmentNames.Policy).Header };

    /// <summary>Writes the request as Windows sends it.</summary>
    public byte[] Write() => SoapWriter.Request(EnrolmentStep.GetPolicies, Header, xml =>
    {
        xml.WriteStartElement(nameof(GetPolicies), EnrolmentNames.Policy);
        xml.WriteAttributeString("xmlns", "xsi", null, EnrolmentNames.SchemaInstance);
        xml.WriteStartElement("client", EnrolmentNames.Policy);
        xml.Nil("lastUpdate", EnrolmentNames.Policy);
        xml.Nil("preferredLanguage", EnrolmentNames.Policy);
        xml.WriteEndElement();
        xml.Nil("requestFilter", EnrolmentNames.Policy);
        xml.WriteEndElement();
    });
}
