using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Deskward.Protocol.Enrolment;

/// <summary>The CertificateStore characteristics of a provisioning document; there may be several, which count as one.</summary>
internal sealed class ProvisionedCertificates
{
    private const string KeyContainer = "PrivateKeyContainer";
    private readonly Characteristic _document;
    private readonly List<Characteristic> _stores;
    private readonly List<Characteristic> _mine;

    public ProvisionedCertificates(Characteristic document)
    {
        _document = document;
        _stores = [.. document.Named("CertificateStore")];
        _stores.ForEach(store => store.AllowOnly(["Root", "CA", "My"], []));
        _mine = [.. _stores.SelectMany(store => store.Named("My"))];
        _mine.ForEach(my => my.AllowOnly(["User", "System", "WSTEP"], []));
    }

    /// <summary>The one certificate in Root\System or CA\System; null when there is none.</summary>
    public byte[]? Authority(string type)
    {
        var authorities = _stores.SelectMany(store => store.Named(type)).ToList();
        authorities.ForEach(authority => authority.AllowOnly(["System"], []));
        var certificates = authorities.SelectMany(authority => authority.Named("System")).SelectMany(system => system.Children).Take(2).ToList();
        return certificates.Count switch
        {
            0 => null,
            1 => Certificate(certificates[0]),
            _ => throw _document.Wrong($"brings more than one certificate for {type}; only one can be provisioned"),
        };
    }

    /// <summary>The issued certificate with the key container beside it (enrolment) or in it (renewal).</summary>
    public (CertificateStore Store, byte[] Certificate) Issued(bool containerInside)
    {
        var stores = _mine.SelectMany(my => my.Children).Where(child => child.Type != "WSTEP").Take(2).ToList();
        if (stores.Count != 1)
        {
            throw _document.Wrong("must bring the issued certificate for one store, My/User or My/System");
        }
        var found = stores[0].Children.Where(child => child.Type != KeyContainer).Take(2).ToList();
        if (found.Count != 1)
        {
            throw stores[0].Wrong("must hold one certificate");
        }
        (containerInside ? found[0] : stores[0]).Required(KeyContainer).AllowOnly([], []);
        stores[0].AllowOnly(containerInside ? [found[0].Type] : [found[0].Type, KeyContainer], []);
        return (Enum.Parse<CertificateStore>(stores[0].Type), Certificate(found[0], containerInside ? [KeyContainer] : []));
    }

    /// <summary>My/WSTEP/Renew; null when the document says nothing, or switches automatic renewal off.</summary>
    public RenewSettings? Renew()
    {
        var found = _mine.SelectMany(my => my.Named("WSTEP")).Take(2).ToList();
        if (found.Count != 1)
        {
            return found.Count == 0 ? null : throw _document.Wrong("has more than one WSTEP");
        }
        found[0].AllowOnly(["Renew"], []);
        var renew = found[0].Required("Renew");
        renew.AllowOnly([], ["ROBOSupport", "RenewPeriod", "RetryInterval", "RetryAfterExpiryInterval", "ServerURL"]);
        return renew.Boolean("ROBOSupport") == true
            ? new RenewSettings(renew.Integer("RenewPeriod", 1, 1000), renew.Integer("RetryInterval", 1, 1000), renew.Text("ServerURL"))
            : null;
    }

    private static byte[] Certificate(Characteristic characteristic, params string[] children)
    {
        characteristic.AllowOnly(children, ["EncodedCertificate"]);
        var der = characteristic.Bytes("EncodedCertificate");
        if (ProvisioningWriter.Thumbprint(der) != characteristic.Type)
        {
            throw characteristic.Wrong("is not named by the SHA-1 of its certificate in upper-case hex");
        }
        try
        {
            X509CertificateLoader.LoadCertificate(der).Dispose();
            return der;
        }
        catch (CryptographicException)
        {
            throw characteristic.Wrong("holds no X.509 certificate");
        }
    }
}
