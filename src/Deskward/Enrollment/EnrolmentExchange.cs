using System.Net;
using System.Security.Cryptography.X509Certificates;
using Deskward.Certificates;
using Deskward.Platform;
using Deskward.Protocol;
using Deskward.Protocol.Enrolment;

namespace Deskward.Enrollment;

/// <summary>What is known of a request beside its bytes.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Certificate">What the connection shows; null on the public listener, and where a PC shows none.</param>
/// <param name="IsManagement">True: it came over the management listener, where PCs that are enrolled speak.</param>
internal sealed record EnrolmentSource(IPAddress? Source, X509Certificate2? Certificate, bool IsManagement)
{
    /// <summary>Whether a trusted proxy saw another certificate at its connection than this (DER).</summary>
    internal Func<byte[], bool> ProxyShowsAnother { get; init; } = _ => false;
}

/// <summary>The enrolment messages, from bytes to bytes; knows nothing of HTTP.</summary>
internal sealed class EnrolmentExchange(ServiceSettings settings, CodeCheck codes, EnrolDevice enrol, RenewCertificate renew, EnrolmentChoices choices)
{
    internal const string PolicyPath = "/EnrollmentServer/Policy.svc";

    /// <summary>The page on which people sign in to enrol.</summary>
    internal const string SignInPath = "/enrol";

    private static readonly Refusal OnlyRenewal = Refusal.Invalid("At this address certificates are renewed. To enrol, use the address that Discovery tells.");

    /// <exception cref="ProtocolException">The message cannot be read.</exception>
    internal Task<EnrolmentReply> AnswerAsync(EnrolmentStep step, ReadOnlyMemory<byte> message, EnrolmentSource source, CancellationToken cancellationToken) => step switch
    {
        EnrolmentStep.Discover => DiscoverAsync(message, cancellationToken),
        EnrolmentStep.GetPolicies => GetPoliciesAsync(message, source, cancellationToken),
        EnrolmentStep.RequestSecurityToken => RequestAsync(message, source, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    /// <summary>Any address of a domain gets the same answer, so nobody learns who exists.</summary>
    private async Task<EnrolmentReply> DiscoverAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var request = Protocol.Enrolment.Discover.Read(message);
        var bySignIn = request.AuthPolicies.Contains(AuthPolicy.Federated) && await choices.IsBySignInAsync(request.EmailAddress ?? "", cancellationToken);
        if (!bySignIn && request.AuthPolicies.Count > 0 && !request.AuthPolicies.Contains(AuthPolicy.OnPremise))
        {
            return EnrolmentReply.Refused(RefusedOver.Kind, Refusal.Invalid("This service enrols with an address and a code (OnPremise), which the request does not offer."));
        }

        return EnrolmentReply.Of(new DiscoverResponse
        {
            AuthPolicy = bySignIn ? AuthPolicy.Federated : AuthPolicy.OnPremise,
            AuthenticationServiceUrl = bySignIn ? new Uri(settings.PublicUrl, SignInPath).AbsoluteUri : null,
            EnrollmentPolicyServiceUrl = new Uri(settings.PublicUrl, PolicyPath).AbsoluteUri,
            EnrollmentServiceUrl = new Uri(settings.PublicUrl, ProvisioningFor.EnrolmentPath).AbsoluteUri,
        }.Write(request.Header.MessageId));
    }

    private async Task<EnrolmentReply> GetPoliciesAsync(ReadOnlyMemory<byte> message, EnrolmentSource source, CancellationToken cancellationToken)
    {
        var request = GetPolicies.Read(message);
        var admitted = await codes.AdmitAsync(request.Header, source.Source, cancellationToken);
        return admitted.IsRefused
            ? EnrolmentReply.Refused(RefusedOver.Credentials, admitted.Refusal)
            : EnrolmentReply.Of(new GetPoliciesResponse
            {
                PolicyId = ProvisioningFor.ProviderId, ValidityPeriod = DeviceCertificates.Life, RenewalPeriod = ProvisioningFor.RenewalWindow,
            }.Write(request.Header.MessageId));
    }

    private async Task<EnrolmentReply> RequestAsync(ReadOnlyMemory<byte> message, EnrolmentSource source, CancellationToken cancellationToken) =>
        RequestSecurityToken.Read(message) switch
        {
            RenewRequest renewal => await renew.AnswerAsync(renewal, source, cancellationToken),
            IssueRequest when source.IsManagement => EnrolmentReply.Refused(RefusedOver.Kind, OnlyRenewal),
            IssueRequest issue => await enrol.AnswerAsync(issue, source.Source, cancellationToken),
            var other => throw new InvalidOperationException($"There is no third kind of request; this is {other.GetType()}."),
        };
}
