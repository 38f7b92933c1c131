namespace Deskward.Protocol.Enrolment;

/// <summary>Where and how to enrol (MS-MDE2 3.1.4.1.2). The policy and the enrolment service must have the same host name.</summary>
public sealed record DiscoverResponse
{
    public required AuthPolicy AuthPolicy { get; init; }

    /// <summary>4.0 keeps Windows 11 from adding a TPM attestation that nobody checks (5.0 asks for one).</summary>
    public string EnrollmentVersion { get; init; } = "4.0";

    /// <summary>Always written by us; null when another server left it out.</summary>
    public required string? EnrollmentPolicyServiceUrl { get; init; }

    public required string EnrollmentServiceUrl { get; init; }

    /// <summary>Required for Federated.</summary>
    public string? AuthenticationServiceUrl { get; init; }

    /// <summary>Set by <see cref="Read"/>: what this answers.</summary>
    public string? RelatesTo { get; init; }

    /// <param name="relatesTo">MessageID of the request.</param>
    /// <param name="activityId">Correlates with the log of the server; optional.</param>
    public byte[] Write(string? relatesTo, Guid? activityId = null) =>
        SoapWriter.Response(EnrolmentStep.Discover, relatesTo, activityId, created: null, xml =>
        {
            xml.WriteStartElement(nameof(DiscoverResponse), EnrolmentNames.Discovery);
            xml.WriteStartElement("DiscoverResult", EnrolmentNames.Discovery);
            xml.Element(null, nameof(AuthPolicy), EnrolmentNames.Discovery, AuthPolicy.ToString());
            xml.Element(null, nameof(EnrollmentVersion), EnrolmentNames.Discovery, EnrollmentVersion);
            foreach (var (name, url) in Urls().Where(pair => pair.Url is not null))
            {
                xml.Element(null, name, EnrolmentNames.Discovery, url!);
            }
            xml.WriteEndElement();
            xml.WriteEndElement();
        });

    /// <exception cref="ProtocolException">The only exception.</exception>
    public static DiscoverResponse Read(ReadOnlyMemory<byte> message)
    {
        var (header, body) = SoapEnvelope.Read(message, nameof(DiscoverResponse), EnrolmentNames.Discovery);
        var result = SoapEnvelope.Inner(body, "DiscoverResult");
        var policy = SoapEnvelope.Required(result, nameof(AuthPolicy));
        return new DiscoverResponse
        {
            RelatesTo = header.RelatesTo,
            AuthPolicy = Discover.Parse(policy) ?? throw new ProtocolException($"AuthPolicy is '{policy}', which is none of the three."),
            EnrollmentVersion = SoapEnvelope.Required(result, nameof(EnrollmentVersion)),
            EnrollmentPolicyServiceUrl = SoapEnvelope.Value(result, nameof(EnrollmentPolicyServiceUrl)),
            EnrollmentServiceUrl = SoapEnvelope.Required(result, nameof(EnrollmentServiceUrl)),
            AuthenticationServiceUrl = SoapEnvelope.Value(result, nameof(AuthenticationServiceUrl)),
        };
    }

    private (string Name, string? Url)[] Urls() =>
    [
        (nameof(EnrollmentPolicyServiceUrl), EnrollmentPolicyServiceUrl),
        (nameof(EnrollmentServiceUrl), EnrollmentServiceUrl),
        (nameof(AuthenticationServiceUrl), AuthenticationServiceUrl),
    ];
}
