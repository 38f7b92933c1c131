using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Protocol;
using Deskward.Protocol.Enrolment;

namespace Deskward.Simulator;

/// <summary>Enrolment and renewal from the PC's side (MS-MDE2; protocol facts 1.1 to 1.8). Throws <see cref="EnrolmentRefusedException"/>.</summary>
internal sealed class Enroller(PcIdentity pc, PcProfile profile, KeyStore keys, TimeProvider time, SoapExchange soap)
{
    private const uint ProvisioningFailed = 0x80180023;
    private const string ApplicationVersion = "10.0.26100.1";

    /// <summary>Enrols with an address and a code (OnPremise), or through the service's sign-in page (Federated), as the service wants it.</summary>
    /// <param name="ticket">What the person types.</param>
    /// <param name="network">How the sign-in page is reached.</param>
    /// <param name="keyName">The key to ask a certificate for; the same one again after a lost reply.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<(PcEnrolment Enrolment, ProvisioningDocument Document)> EnrolAsync(
        EnrolmentTicket ticket, PcNetwork network, string keyName, CancellationToken cancellation)
    {
        // 1. Is anybody there, and where do the other services live?
        await soap.ProbeAsync(ticket.DiscoveryUrl, cancellation).ConfigureAwait(false);
        var found = await DiscoverAsync(ticket, cancellation).ConfigureAwait(false);
        // 2. Who is it?
        var credentials = await CredentialsAsync(found, ticket, network, cancellation).ConfigureAwait(false);
        // 3. What must the request look like?
        var policyUrl = new Uri(found.EnrollmentPolicyServiceUrl!);
        var id = NewId();
        var policy = await soap.AskAsync(policyUrl, id, new GetPolicies { Header = SoapHeader.ForRequest(id, policyUrl.AbsoluteUri, credentials) }.Write(),
            body => GetPoliciesResponse.Read(body), answer => answer.RelatesTo, cancellation).ConfigureAwait(false);
        if (policy.MinimalKeyLength > 2048)
        {
            throw new EnrolmentRefusedException(ProvisioningFailed, $"The policy asks for {policy.MinimalKeyLength} bits.");
        }
        // 4. The certificate, and with it everything else.
        using var key = keys.Get(keyName);
        var enrolmentUrl = new Uri(found.EnrollmentServiceUrl);
        var answered = await IssueAsync(enrolmentUrl, credentials, key, cancellation).ConfigureAwait(false);
        try
        {
            var document = ProvisioningDocument.Read(answered.ProvisioningDocument);
            CheckCertificate(document.Certificate, key, document.Intermediate ?? document.Root);
            CheckStore(document.Store);
            return (Remember(document, ticket.Address, enrolmentUrl, keyName), document);
        }
        catch (Exception error) when (error is ProtocolException or CryptographicException)
        {
            throw new EnrolmentRefusedException(ProvisioningFailed, error.Message);
        }
    }

    /// <summary>Renews the certificate: a new key, vouched for by the old one.</summary>
    public async Task<PcEnrolment> RenewAsync(PcEnrolment enrolment, X509Certificate2 identity, string keyName, CancellationToken cancellation)
    {
        var url = new Uri(enrolment.Renew?.ServerUrl ?? enrolment.EnrolmentUrl);
        using var key = keys.Get(keyName);
        var id = NewId();
        var request = new RenewRequest
        {
            Header = SoapHeader.ForRequest(id, url.AbsoluteUri, new UsernameToken(enrolment.Address, "")),
            Pkcs7 = MessageSignature.Wrap(CertificateRequest(key), identity, time.GetUtcNow()),
            Context = [new("DeviceType", "CIMClient_Windows"), new("ApplicationVersion", ApplicationVersion)],
        };
        var answered = await AskAsync(url, id, request, cancellation).ConfigureAwait(false);
        try
        {
            var document = RenewalDocument.Read(answered.ProvisioningDocument);
            if (document.ProviderId != enrolment.ProviderId)
            {
                throw new ProtocolException($"The renewal is for the provider '{document.ProviderId}'.");
            }
            CheckStore(document.Store);
            CheckCertificate(document.Certificate, key, document.Intermediate ?? enrolment.Intermediate ?? document.Root ?? enrolment.Root);
            return enrolment with
            {
                Certificate = document.Certificate,
                Intermediate = document.Intermediate ?? enrolment.Intermediate,
                Root = document.Root ?? enrolment.Root,
                KeyName = keyName,
                RenewFrom = RenewFrom(document.Certificate, enrolment.Renew),
            };
        }
        catch (Exception error) when (error is ProtocolException or CryptographicException)
        {
            throw new EnrolmentRefusedException(ProvisioningFailed, error.Message);
        }
    }

    private static async Task<Credentials> CredentialsAsync(DiscoverResponse found, EnrolmentTicket ticket, PcNetwork network, CancellationToken cancellation)
    {
        if (found.AuthPolicy == AuthPolicy.OnPremise)
        {
            return new UsernameToken(ticket.Address, ticket.Code);
        }
        if (found.AuthPolicy != AuthPolicy.Federated || ticket.SignIn is null)
        {
            throw new EnrolmentRefusedException(0x80180015, $"The service wants {found.AuthPolicy}; this PC has an address and {(ticket.SignIn is null ? "a code" : "a password")}.");
        }
        if (!Uri.TryCreate(found.AuthenticationServiceUrl, UriKind.Absolute, out var page) || page.Scheme != Uri.UriSchemeHttps)
        {
            throw new EnrolmentRefusedException(0x80180001, "The service wants Federated, and its sign-in page is no https address.");
        }
        using var window = new SignInWindow(network, ticket.Address, ticket.SignIn);
        return await window.SignInAsync(page, cancellation).ConfigureAwait(false);
    }

    private async Task<DiscoverResponse> DiscoverAsync(EnrolmentTicket ticket, CancellationToken cancellation)
    {
        var (id, discovery) = (NewId(), ticket.DiscoveryUrl);
        var request = new Discover
        {
            Header = SoapHeader.ForRequest(id, discovery.AbsoluteUri),
            EmailAddress = ticket.Address,
            RequestVersion = decimal.Parse(profile.RequestVersion, CultureInfo.InvariantCulture),
            DeviceType = "CIMClient_Windows",
            ApplicationVersion = pc.OsVersion,
            OsEdition = Text(pc.Edition),
            AuthPolicies = [AuthPolicy.OnPremise, AuthPolicy.Federated],
        };
        var found = await soap.AskAsync(discovery, id, request.Write(), body => DiscoverResponse.Read(body), answer => answer.RelatesTo, cancellation).ConfigureAwait(false);
        if (!Uri.TryCreate(found.EnrollmentServiceUrl, UriKind.Absolute, out var enrolment) || enrolment.Scheme != Uri.UriSchemeHttps
            || !Uri.TryCreate(found.EnrollmentPolicyServiceUrl ?? found.EnrollmentServiceUrl, UriKind.Absolute, out var policy) || policy.Host != enrolment.Host)
        {
            throw new EnrolmentRefusedException(0x80180001, "Policy and enrolment service are not https addresses of the same host.");
        }
        return found with { EnrollmentPolicyServiceUrl = policy.AbsoluteUri };
    }

    private Task<RequestSecurityTokenResponse> IssueAsync(Uri url, Credentials credentials, RSA key, CancellationToken cancellation)
    {
        var id = NewId();
        var request = new IssueRequest
        {
            Header = SoapHeader.ForRequest(id, url.AbsoluteUri, credentials),
            Pkcs10 = CertificateRequest(key),
            Context = [.. Context()],
        };
        return AskAsync(url, id, request, cancellation);
    }

    private Task<RequestSecurityTokenResponse> AskAsync(Uri url, string id, RequestSecurityToken request, CancellationToken cancellation) =>
        soap.AskAsync(url, id, request.Write(), body => RequestSecurityTokenResponse.Read(body), answer => answer.RelatesTo, cancellation);

    // The subject that Windows writes: a GUID cut to fit the 63 characters of the name, an exclamation mark, the device id.
    private byte[] CertificateRequest(RSA key) =>
        Pkcs10Request.Create(key, Guid.CreateVersion7().ToString("D").ToUpperInvariant()[..30], pc.DeviceId);

    // Names and order of Windows 11 25H2 (protocol facts 1.4).
    private IEnumerable<ContextItem> Context()
    {
        yield return new("UXInitiated", "true");
        yield return new("HWDevID", pc.HardwareId);
        yield return new("Locale", pc.Locale);
        yield return new("TargetedUserLoggedIn", profile.Enrolment == EnrolmentType.Full ? "True" : "False");
        yield return new("OSEdition", Text(pc.Edition));
        yield return new("DeviceName", pc.Name);
        foreach (var mac in pc.MacAddresses)
        {
            yield return new("MAC", mac);
        }
        yield return new("DeviceID", pc.DeviceId);
        yield return new("EnrollmentType", profile.Enrolment.ToString());
        yield return new("DeviceType", "CIMClient_Windows");
        yield return new("OSVersion", pc.OsVersion);
        yield return new("ApplicationVersion", pc.OsVersion);
        yield return new("NotInOobe", "True");
        yield return new("Manufacturer", pc.Manufacturer);
        yield return new("DeviceModel", pc.Model);
        yield return new("SerialNumber", pc.SerialNumber);
        yield return new("RequestVersion", profile.RequestVersion);
    }

    private PcEnrolment Remember(ProvisioningDocument document, string address, Uri enrolmentUrl, string keyName) => new()
    {
        Address = address,
        ProviderId = document.ProviderId,
        ManagementUrl = document.Application.Address,
        EnrolmentUrl = enrolmentUrl.AbsoluteUri,
        Renew = document.Renew,
        ShowsCertificate = Shows(document),
        Digest = document.Application.ClientToServer,
        ConnectionRetries = document.Application.ConnectionRetries,
        InitialBackoff = document.Application.InitialBackoff,
        MaximumBackoff = document.Application.MaximumBackoff,
        Certificate = document.Certificate,
        Intermediate = document.Intermediate,
        Root = document.Root,
        KeyName = keyName,
        EnrolledAt = time.GetUtcNow(),
        RenewFrom = RenewFrom(document.Certificate, document.Renew),
    };

    private static DateTimeOffset RenewFrom(byte[] der, RenewSettings? settings)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return settings is null ? DateTimeOffset.MaxValue : new DateTimeOffset(certificate.NotAfter.ToUniversalTime()).AddDays(-settings.PeriodDays);
    }

    private static bool Shows(ProvisioningDocument document)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(document.Certificate);
        return document.Application.CertificateSubject is not { } subject || subject == certificate.Subject;
    }

    private void CheckStore(CertificateStore store)
    {
        if (store != ProvisioningDocument.StoreFor(profile.Enrolment))
        {
            throw new ProtocolException($"The certificate goes to My\\{store}, which is wrong for {profile.Enrolment}.");
        }
    }

    private void CheckCertificate(byte[] der, RSA key, byte[]? issuer)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        var now = time.GetUtcNow();
        if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
        {
            throw new ProtocolException("The certificate is for another key.");
        }
        if (certificate.NotAfter.ToUniversalTime() <= now || certificate.NotBefore.ToUniversalTime() > now.AddMinutes(5))
        {
            throw new ProtocolException("The certificate is not valid now.");
        }
        if (issuer is null)
        {
            throw new ProtocolException("There is no authority for the certificate.");
        }
        using var authority = X509CertificateLoader.LoadCertificate(issuer);
        using var chain = new X509Chain
        {
            ChainPolicy = { RevocationMode = X509RevocationMode.NoCheck, TrustMode = X509ChainTrustMode.CustomRootTrust, VerificationTime = now.UtcDateTime },
        };
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        if (!chain.Build(certificate) || chain.ChainElements.Count < 2)
        {
            throw new ProtocolException("The certificate was not issued by the authority that came with it.");
        }
    }

    private static string NewId() => $"urn:uuid:{Guid.CreateVersion7()}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
