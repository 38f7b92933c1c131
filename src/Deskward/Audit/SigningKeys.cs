using System.Security.Cryptography;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Audit;

/// <summary>
/// The keys that sign checkpoints: ECDSA on P-256 with SHA-256, one per organisation, made when it is first needed. The private part opens with the
/// service key alone, for its own organisation and its own public key alone, so that a row put into the table from outside signs nothing.
/// </summary>
internal sealed class SigningKeys(ServiceKey serviceKey, TimeProvider time)
{
    /// <summary>The organisation's newest key; made and added to the context when there is none. The caller holds the lock of the chain and disposes the key.</summary>
    internal async Task<(AuditKey Row, ECDsa Key)> ForAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken)
    {
        var stored = await db.Set<AuditKey>().AsNoTracking().Where(row => row.TenantId == tenant).OrderByDescending(row => row.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        if (stored is not null)
        {
            return (stored, Open(stored));
        }

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = key.ExportSubjectPublicKeyInfo();
        var (id, plain) = (SHA256.HashData(publicKey), key.ExportPkcs8PrivateKey());
        var made = new AuditKey { TenantId = tenant, Id = id, PublicKey = publicKey, WrappedKey = serviceKey.Wrap(plain, Purpose(tenant, id)), CreatedAt = time.Now() };
        CryptographicOperations.ZeroMemory(plain);
        db.Add(made);
        return (made, key);
    }

    /// <summary>Whether the service itself made this key for this organisation.</summary>
    internal bool IsOwn(AuditKey row)
    {
        try
        {
            using var key = Open(row);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private ECDsa Open(AuditKey row)
    {
        var plain = serviceKey.Unwrap(row.WrappedKey, Purpose(row.TenantId, row.Id));
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(plain, out _);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }

        if (!key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(row.PublicKey) || !SHA256.HashData(row.PublicKey).AsSpan().SequenceEqual(row.Id))
        {
            key.Dispose();
            throw new CryptographicException("The public key that is stored is not that of the private key.");
        }

        return key;
    }

    private static string Purpose(Guid tenant, byte[] id) => $"audit-key:{tenant}:{Convert.ToHexStringLower(id)}";
}
