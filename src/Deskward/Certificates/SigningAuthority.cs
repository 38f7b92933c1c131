using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Deskward.Certificates;

/// <summary>The issuing authority of one organisation, loaded and ready to sign. Only <see cref="Authorities"/> makes one.</summary>
public sealed class SigningAuthority : IDisposable
{
    private readonly RSA _key;
    private readonly Lock _signing = new();

    internal SigningAuthority(Authority row, byte[] root, RSA key)
    {
        (Id, TenantId, NotAfter, Root, _key) = (row.Id, row.TenantId, row.NotAfter, root, key);
        Certificate = X509CertificateLoader.LoadCertificate(row.Certificate);
    }

    public Guid Id { get; }

    public Guid TenantId { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>DER of the device root that signed this authority.</summary>
    public byte[] Root { get; }

    /// <summary>DER of this authority.</summary>
    public byte[] Intermediate => Certificate.RawData;

    internal X509Certificate2 Certificate { get; }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    /// <summary>A signer that looks at each certificate before it signs it. RSA objects are not promised to be thread-safe, so it takes turns.</summary>
    internal X509SignatureGenerator Signer(Action<byte[]> look) => new TakingTurns(X509SignatureGenerator.CreateForRSA(_key, RSASignaturePadding.Pkcs1), _signing, look);

    private sealed class TakingTurns(X509SignatureGenerator signer, Lock turn, Action<byte[]> look) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => signer.GetSignatureAlgorithmIdentifier(hashAlgorithm);

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm)
        {
            look(data);
            lock (turn)
            {
                return signer.SignData(data, hashAlgorithm);
            }
        }

        protected override PublicKey BuildPublicKey() => signer.PublicKey;
    }
}
