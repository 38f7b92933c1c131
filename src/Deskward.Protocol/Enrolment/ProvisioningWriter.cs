using System.Globalization;
using System.Security.Cryptography;
using System.Xml;

namespace Deskward.Protocol.Enrolment;

/// <summary>Writes provisioning documents; order, case and absence of values as section 2.2.9.1 of MS-MDE2 and real hosts demand.</summary>
internal static class ProvisioningWriter
{
    private const string Boolean = "boolean";
    private const string Integer = "integer";
    private const string Text = "string";

    public static byte[] Write(ProvisioningDocument document)
    {
        Require(IsProviderId(document.ProviderId), "A provider id is short, ASCII and has no spaces.");
        Require(document.Application.ClientToServer.Name is not null, "The credential of the client needs a name.");
        return Root(xml =>
        {
            Nest(xml, "CertificateStore", () =>
            {
                Authorities(xml, document.Root, document.Intermediate);
                Nest(xml, "My", () =>
                {
                    Nest(xml, document.Store.ToString(), () =>
                    {
                        Certificate(xml, document.Certificate);
                        Nest(xml, "PrivateKeyContainer");
                    });
                    if (document.Renew is { } renew)
                    {
                        Renew(xml, renew);
                    }
                });
            });
            Application(xml, document);
            Provider(xml, document.ProviderId, document.Provider);
        });
    }

    public static byte[] Write(RenewalDocument document)
    {
        Require(IsProviderId(document.ProviderId), "A provider id is short, ASCII and has no spaces.");
        return Root(xml =>
        {
            Nest(xml, "CertificateStore", () =>
            {
                Authorities(xml, document.Root, document.Intermediate);
                Nest(xml, "My", () => Nest(xml, document.Store.ToString(), () =>
                    Certificate(xml, document.Certificate, () => Nest(xml, "PrivateKeyContainer"))));
            });
            Nest(xml, "APPLICATION", () => Parm(xml, "PROVIDER-ID", document.ProviderId));
        });
    }

    /// <summary>Thumbprints are SHA-1 by protocol, not by choice.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "A name, not a proof.")]
    public static string Thumbprint(ReadOnlySpan<byte> certificate) => Convert.ToHexString(SHA1.HashData(certificate));

    public static bool IsProviderId(string id) => id.Length is > 0 and <= 64 && !id.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static byte[] Root(Action<XmlWriter> content) => SoapWriter.Document(xml =>
    {
        xml.WriteStartElement("wap-provisioningdoc");
        xml.WriteAttributeString("version", "1.1");
        content(xml);
        xml.WriteEndElement();
    });

    private static void Authorities(XmlWriter xml, byte[]? root, byte[]? intermediate)
    {
        if (root is not null)
        {
            Nest(xml, "Root", () => Nest(xml, "System", () => Certificate(xml, root)));
        }
        if (intermediate is not null)
        {
            Nest(xml, "CA", () => Nest(xml, "System", () => Certificate(xml, intermediate)));
        }
    }

    private static void Certificate(XmlWriter xml, byte[] der, Action? more = null) => Nest(xml, Thumbprint(der), () =>
    {
        Parm(xml, "EncodedCertificate", Convert.ToBase64String(der));
        more?.Invoke();
    });

    private static void Renew(XmlWriter xml, RenewSettings renew)
    {
        Require(renew is { PeriodDays: >= 1 and <= 1000, RetryDays: >= 1 and <= 1000 }, "Days of renewal are 1 to 1000.");
        Nest(xml, "WSTEP", () => Nest(xml, "Renew", () =>
        {
            Parm(xml, "ROBOSupport", true);
            Parm(xml, "RenewPeriod", renew.PeriodDays, Integer);
            Parm(xml, "RetryInterval", renew.RetryDays, Integer);
            if (renew.ServerUrl is { } url)
            {
                Parm(xml, "ServerURL", url);
            }
        }));
    }

    private static void Application(XmlWriter xml, ProvisioningDocument document) => Nest(xml, "APPLICATION", () =>
    {
        var application = document.Application;
        Parm(xml, "APPID", "w7");
        Parm(xml, "PROVIDER-ID", document.ProviderId);
        Parm(xml, "NAME", application.Name);
        Parm(xml, "ADDR", application.Address);
        Parm(xml, "CONNRETRYFREQ", application.ConnectionRetries);
        Parm(xml, "INITIALBACKOFFTIME", (long)application.InitialBackoff.TotalMilliseconds);
        Parm(xml, "MAXBACKOFFTIME", (long)application.MaximumBackoff.TotalMilliseconds);
        Parm(xml, "BACKCOMPATRETRYDISABLED", null);
        Parm(xml, "DEFAULTENCODING", "application/vnd.syncml.dm+xml");
        if (application.CertificateSubject is { } subject)
        {
            Parm(xml, "SSLCLIENTCERTSEARCHCRITERIA", SearchCriteria(subject, document.Store));
        }
        Auth(xml, "CLIENT", application.ServerToClient with { Name = null });
        Auth(xml, "APPSRV", application.ClientToServer);
    });

    /// <summary>Values are URI-escaped (RFC 2396); the XML writer escapes the ampersand, once.</summary>
    private static string SearchCriteria(string subject, CertificateStore store) =>
        $"Subject={Uri.EscapeDataString(WireBytes.Clean(subject))}&Stores={Uri.EscapeDataString($@"My\{store}")}";

    private static void Auth(XmlWriter xml, string level, AppAuth auth)
    {
        Require(auth is { Nonce.Length: > 0, Secret.Length: > 0 }, "DIGEST credentials need a secret and a nonce.");
        Nest(xml, "APPAUTH", () =>
        {
            Parm(xml, "AAUTHLEVEL", level);
            Parm(xml, "AAUTHTYPE", "DIGEST");
            if (auth.Name is { } name)
            {
                Parm(xml, "AAUTHNAME", name);
            }
            Parm(xml, "AAUTHSECRET", auth.Secret);
            Parm(xml, "AAUTHDATA", Convert.ToBase64String(auth.Nonce));
        });
    }

    private static void Provider(XmlWriter xml, string providerId, DmClientProvider provider) =>
        Nest(xml, "DMClient", () => Nest(xml, "Provider", () => Nest(xml, providerId, () =>
        {
            if (provider.Upn is { } upn)
            {
                Parm(xml, "UPN", upn, Text);
            }
            if (provider.DeviceName is { } name)
            {
                Parm(xml, "EntDeviceName", name, Text);
            }
            if (provider.DeviceManagementId is { } id)
            {
                Parm(xml, "EntDMID", id, Text);
            }
            Parm(xml, "EnableOmaDmKeepAliveMessage", provider.KeepAlive);
            if (provider.RequireMessageSigning)
            {
                Parm(xml, "RequireMessageSigning", true);
            }
            Nest(xml, "Poll", () => Poll(xml, provider.Poll));
        })));

    private static void Poll(XmlWriter xml, PollSchedule poll)
    {
        Parm(xml, "NumberOfFirstRetries", poll.First.Count, Integer);
        Parm(xml, "IntervalForFirstSetOfRetries", poll.First.Minutes, Integer);
        Parm(xml, "NumberOfSecondRetries", poll.Second.Count, Integer);
        Parm(xml, "IntervalForSecondSetOfRetries", poll.Second.Minutes, Integer);
        Parm(xml, "NumberOfRemainingScheduledRetries", poll.Remaining.Count, Integer);
        Parm(xml, "IntervalForRemainingScheduledRetries", poll.Remaining.Minutes, Integer);
        Parm(xml, "PollOnLogin", poll.OnLogin);
        Parm(xml, "AllUsersPollOnFirstLogin", poll.OnFirstLogin);
    }

    private static void Nest(XmlWriter xml, string type, Action? content = null)
    {
        xml.WriteStartElement("characteristic");
        xml.WriteAttributeString("type", type);
        content?.Invoke();
        xml.WriteEndElement();
    }

    private static void Parm(XmlWriter xml, string name, long value, string? datatype = null) =>
        Parm(xml, name, value.ToString(CultureInfo.InvariantCulture), datatype);

    private static void Parm(XmlWriter xml, string name, bool value) => Parm(xml, name, value ? "true" : "false", Boolean);

    private static void Parm(XmlWriter xml, string name, string? value, string? datatype = null)
    {
        xml.WriteStartElement("parm");
        xml.WriteAttributeString("name", name);
        if (value is not null)
        {
            xml.WriteAttributeString("value", WireBytes.Clean(value));
        }
        if (datatype is not null)
        {
            xml.WriteAttributeString("datatype", datatype);
        }
        xml.WriteEndElement();
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }
}
