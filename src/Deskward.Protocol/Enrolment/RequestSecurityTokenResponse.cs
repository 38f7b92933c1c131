namespace Deskward.Protocol.Enrolment;

/// <summary>RequestSecurityTokenResponseCollection with its one response: the provisioning document (MS-WSTEP 3.1.4.1.2, MS-MDE2 3.4.4.1.1.2).</summary>
public sealed record RequestSecurityTokenResponse
{
    private const string Collection = "RequestSecurityTokenResponseCollection";

    /// <summary>UTF-8 of a <see cref="Enrolment.ProvisioningDocument"/> or a <see cref="RenewalDocument"/>.</summary>
    public required byte[] ProvisioningDocument { get; init; }

    public string RequestId { get; init; } = "0";

    /// <summary>Set by <see cref="Read"/>: what this answers.</summary>
    public string? RelatesTo { get; init; }

    /// <param name="relatesTo">MessageID of the request.</param>
    /// <param name="now">Stands in the time stamp of the header, which ends five minutes later.</param>
    /// <param name="activityId">Correlates with the log of the server; optional.</param>
    public byte[] Write(string? relatesTo, DateTimeOffset now, Guid? activityId = null) =>
        SoapWriter.Response(EnrolmentStep.RequestSecurityToken, relatesTo, activityId, now, xml =>
        {
            xml.WriteStartElement(Collection, EnrolmentNames.Trust);
            xml.WriteStartElement(nameof(RequestSecurityTokenResponse), EnrolmentNames.Trust);
            xml.Element(null, "TokenType", EnrolmentNames.Trust, EnrolmentNames.DeviceEnrollmentToken);
            xml.WriteStartElement("DispositionMessage", EnrolmentNames.Enrollment);
            xml.WriteEndElement();
            xml.WriteStartElement("RequestedSecurityToken", EnrolmentNames.Trust);
            SoapWriter.Token(xml, null, EnrolmentNames.DeviceEnrollmentProvisionDoc, ProvisioningDocument);
            xml.WriteEndElement();
            xml.Element(null, "RequestID", EnrolmentNames.Enrollment, RequestId);
            xml.WriteEndElement();
            xml.WriteEndElement();
        });

    /// <exception cref="ProtocolException">The only exception.</exception>
    public static RequestSecurityTokenResponse Read(ReadOnlyMemory<byte> message)
    {
        var (header, body) = SoapEnvelope.Read(message, Collection, EnrolmentNames.Trust);
        var response = SoapEnvelope.Inner(body, nameof(RequestSecurityTokenResponse));
        var requested = SoapEnvelope.Inner(response, "RequestedSecurityToken");
        var token = SoapEnvelope.Inner(requested, nameof(BinarySecurityToken), EnrolmentNames.Security);
        if (token.Attribute("ValueType")?.Trim() != EnrolmentNames.DeviceEnrollmentProvisionDoc)
        {
            throw new ProtocolException("The BinarySecurityToken of the response is no DeviceEnrollmentProvisionDoc.");
        }
        return new RequestSecurityTokenResponse
        {
            RelatesTo = header.RelatesTo,
            RequestId = response.Child("RequestID", EnrolmentNames.Enrollment)?.Text.Trim() ?? "0",
            ProvisioningDocument = WireBytes.TryFromBase64(token.Text, out var document) && document.Length > 0
                ? document
                : throw new ProtocolException("The BinarySecurityToken of the response is empty or not base64."),
        };
    }
}
