using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Platform;

namespace Deskward.Fixture;

/// <summary>For servers of the tests: a certificate of localhost that is its own root.</summary>
internal static class LocalCertificate
{
    internal static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(TimeProvider.System.Now().AddDays(-1), TimeProvider.System.Now().AddDays(30));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
