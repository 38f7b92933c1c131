using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Deskward.Platform;

/// <summary>
/// The service's own TLS root, for trials and closed networks: it signs the certificate of this node's two URLs and, by its name constraints
/// (RFC 5280, 4.2.1.10), can sign for no other name. <c>tls/root.pem</c> is what a PC must trust before it enrols.
/// </summary>
internal static class OwnTlsRoot
{
    private const string NameConstraintsOid = "2.5.29.30";
    private static readonly TimeSpan RootLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LeafLife = TimeSpan.FromDays(397);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    internal static ServerCertificates.Entry Entry(ServiceSettings settings, DateTimeOffset now)
    {
        var folder = Directory.CreateDirectory(Path.Combine(settings.Data, "tls")).FullName;
        string[] names = [.. new[] { settings.PublicUrl.Host, settings.ManagementUrl.Host, "localhost" }.Distinct(StringComparer.OrdinalIgnoreCase)];
        using var root = LoadRoot(folder, names, now) ?? Create(folder, "root", () => MakeRoot(names, now));
        using var leaf = LoadLeaf(folder, names, root, now) ?? Create(folder, "server", () => MakeLeaf(root, names, now));
        var usable = X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pfx), null);
        return new ServerCertificates.Entry(usable, []);
    }

    private static X509Certificate2? Load(string folder, string name, DateTimeOffset now)
    {
        var (certificate, key) = Files(folder, name);
        if (!File.Exists(certificate) || !File.Exists(key))
        {
            return null;
        }

        var loaded = X509Certificate2.CreateFromPemFile(certificate, key);
        return loaded.NotAfter.ToUniversalTime() - RenewBefore > now.UtcDateTime ? loaded : null;
    }

    /// <summary>The stored root, unless its name constraints leave out one of the names.</summary>
    private static X509Certificate2? LoadRoot(string folder, string[] names, DateTimeOffset now) =>
        Load(folder, "root", now) is { } root && root.Extensions[NameConstraintsOid]!.RawData.AsSpan().SequenceEqual(NameConstraints(names).RawData) ? root : null;

    private static X509Certificate2? LoadLeaf(string folder, string[] names, X509Certificate2 root, DateTimeOffset now) =>
        Load(folder, "server", now) is { } leaf && leaf.Issuer == root.Subject && names.All(name => leaf.MatchesHostname(name))
            && leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Any(id => id.KeyIdentifier is { } key
                && key.Span.SequenceEqual(root.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifierBytes.Span))
            ? leaf
            : null;

    private static X509Certificate2 Create(string folder, string name, Func<X509Certificate2> make)
    {
        var made = make();
        var (certificate, key) = Files(folder, name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(key, options))
        {
            writer.Write(made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }

        File.WriteAllText(certificate, made.ExportCertificatePem());
        return made;
    }

    private static X509Certificate2 MakeRoot(string[] names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Deskward TLS root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(NameConstraints(names));
        return request.CreateSelfSigned(now.AddMinutes(-5), now + RootLife);
    }

    private static X509Certificate2 MakeLeaf(X509Certificate2 root, string[] names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        Array.ForEach(names, alternatives.AddDnsName);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, false));
        using var signed = request.Create(root, now.AddMinutes(-5), now + LeafLife, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }

    private static X509Extension NameConstraints(string[] names)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            foreach (var name in names)
            {
                using (writer.PushSequence())
                {
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
                }
            }
        }

        return new X509Extension(NameConstraintsOid, writer.Encode(), critical: true);
    }

    private static (string Certificate, string Key) Files(string folder, string name) => (Path.Combine(folder, name + ".pem"), Path.Combine(folder, name + ".key"));
}
