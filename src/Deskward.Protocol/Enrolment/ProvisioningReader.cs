namespace Deskward.Protocol.Enrolment;

/// <summary>
/// Reads provisioning documents for virtual PCs, as unforgiving as Windows is known to be, and a little more: what Windows may take and
/// Deskward never writes (WBXML, BASIC) is refused as well.
/// </summary>
internal static class ProvisioningReader
{
    private static readonly string[] ApplicationParms =
    [
        "APPID", "PROVIDER-ID", "NAME", "ADDR", "CONNRETRYFREQ", "INITIALBACKOFFTIME", "MAXBACKOFFTIME", "BACKCOMPATRETRYDISABLED",
        "DEFAULTENCODING", "SSLCLIENTCERTSEARCHCRITERIA", "ROLE", "PROTOVER", "TO-NAPID", "USEHWDEVID", "CRLCHECK",
    ];

    private static readonly string[] AuthParms = ["AAUTHLEVEL", "AAUTHTYPE", "AAUTHNAME", "AAUTHSECRET", "AAUTHDATA"];

    public static ProvisioningDocument Read(ReadOnlyMemory<byte> document)
    {
        var root = Characteristic.Open(document);
        root.AllowOnly(["CertificateStore", "APPLICATION", "DMClient"], []);
        var certificates = new ProvisionedCertificates(root);
        var (store, certificate) = certificates.Issued(containerInside: false);
        var application = root.Required("APPLICATION");
        var providerId = ProviderId(application);
        return new ProvisioningDocument
        {
            ProviderId = providerId,
            Root = certificates.Authority("Root"),
            Intermediate = certificates.Authority("CA"),
            Store = store,
            Certificate = certificate,
            Renew = certificates.Renew(),
            Application = Application(application, store),
            Provider = Provider(root.Required("DMClient").Required("Provider"), providerId),
        };
    }

    public static RenewalDocument ReadRenewal(ReadOnlyMemory<byte> document)
    {
        var root = Characteristic.Open(document);
        root.AllowOnly(["CertificateStore", "APPLICATION"], []);
        var certificates = new ProvisionedCertificates(root);
        var (store, certificate) = certificates.Issued(containerInside: true);
        var application = root.Required("APPLICATION");
        application.AllowOnly([], ["PROVIDER-ID"]);
        return new RenewalDocument
        {
            ProviderId = ProviderId(application),
            Root = certificates.Authority("Root"),
            Intermediate = certificates.Authority("CA"),
            Store = store,
            Certificate = certificate,
        };
    }

    private static string ProviderId(Characteristic application) => application.Need("PROVIDER-ID") is var id && ProvisioningWriter.IsProviderId(id)
        ? id
        : throw application.Wrong("has a PROVIDER-ID that is too long, or not ASCII, or has spaces");

    private static W7Application Application(Characteristic application, CertificateStore store)
    {
        application.AllowOnly(["APPAUTH"], ApplicationParms);
        if (application.Need("APPID") != "w7" || application.Text("DEFAULTENCODING") is not (null or "application/vnd.syncml.dm+xml"))
        {
            throw application.Wrong("must have the APPID w7, and application/vnd.syncml.dm+xml if it has a DEFAULTENCODING");
        }
        _ = application.Flag("BACKCOMPATRETRYDISABLED");
        var address = application.Need("ADDR");
        var defaults = (Retries: 3, Initial: 16_000, Maximum: 86_400_000);
        return new W7Application
        {
            Name = application.Need("NAME"),
            Address = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
                ? address
                : throw application.Wrong("has an ADDR that is no https URL"),
            ConnectionRetries = application.W7Integer("CONNRETRYFREQ") ?? defaults.Retries,
            InitialBackoff = TimeSpan.FromMilliseconds(application.W7Integer("INITIALBACKOFFTIME") ?? defaults.Initial),
            MaximumBackoff = TimeSpan.FromMilliseconds(application.W7Integer("MAXBACKOFFTIME") ?? defaults.Maximum),
            CertificateSubject = application.Text("SSLCLIENTCERTSEARCHCRITERIA") is { } criteria ? Subject(application, criteria, store) : null,
            ServerToClient = Auth(application, "CLIENT"),
            ClientToServer = Auth(application, "APPSRV"),
        };
    }

    private static string Subject(Characteristic application, string criteria, CertificateStore store)
    {
        var pairs = criteria.Split('&').Select(pair => pair.Split('=', 2)).ToList();
        return pairs is [["Subject", var subject], ["Stores", var stores]] && Uri.UnescapeDataString(stores) == $@"My\{store}"
            ? Uri.UnescapeDataString(subject)
            : throw application.Wrong($@"has a SSLCLIENTCERTSEARCHCRITERIA that is not Subject and Stores=My\{store}, escaped once");
    }

    private static AppAuth Auth(Characteristic application, string level)
    {
        var found = application.Named("APPAUTH").Where(auth => auth.Need("AAUTHLEVEL") == level).Take(2).ToList();
        if (found.Count != 1 || application.Named("APPAUTH").Take(3).Count() != 2)
        {
            throw application.Wrong("must have two APPAUTH, one for CLIENT and one for APPSRV");
        }
        var auth = found[0];
        auth.AllowOnly([], AuthParms);
        if (auth.Need("AAUTHTYPE") != "DIGEST")
        {
            throw auth.Wrong($"of level {level} is not DIGEST");
        }
        return new AppAuth(level == "APPSRV" ? auth.Need("AAUTHNAME") : auth.Text("AAUTHNAME"), auth.Need("AAUTHSECRET"), auth.Bytes("AAUTHDATA"));
    }

    private static DmClientProvider Provider(Characteristic providers, string providerId)
    {
        var provider = providers.Only("provider");
        if (provider.Type != providerId)
        {
            throw provider.Wrong($"is not named like the PROVIDER-ID of APPLICATION, '{providerId}'");
        }
        if (provider.Named("Push").Any())
        {
            throw provider.Wrong("holds Push, which can only be set in a session");
        }
        return new DmClientProvider
        {
            Upn = provider.Text("UPN"),
            DeviceName = provider.Text("EntDeviceName"),
            DeviceManagementId = provider.Text("EntDMID"),
            KeepAlive = provider.Boolean("EnableOmaDmKeepAliveMessage") ?? false,
            RequireMessageSigning = provider.Boolean("RequireMessageSigning") ?? false,
            Poll = Poll(provider.Required("Poll")),
        };
    }

    private static PollSchedule Poll(Characteristic poll) => new()
    {
        First = new(poll.Integer("NumberOfFirstRetries"), poll.Integer("IntervalForFirstSetOfRetries")),
        Second = new(poll.Integer("NumberOfSecondRetries"), poll.Integer("IntervalForSecondSetOfRetries")),
        Remaining = new(poll.Integer("NumberOfRemainingScheduledRetries"), poll.Integer("IntervalForRemainingScheduledRetries")),
        OnLogin = poll.Boolean("PollOnLogin") ?? false,
        OnFirstLogin = poll.Boolean("AllUsersPollOnFirstLogin") ?? false,
    };
}
