using System.Security.Cryptography;
using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Certificates;

/// <summary>A certificate as pages show it.</summary>
public sealed record IssuedCertificateView
{
    public required Guid Id { get; init; }

    public required Guid DeviceId { get; init; }

    /// <summary>Upper-case hex.</summary>
    public required string Serial { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Null: the PC has not used it yet.</summary>
    public required DateTimeOffset? FirstSeenAt { get; init; }

    /// <summary>True: made at a renewal.</summary>
    public required bool IsRenewal { get; init; }

    public required DateTimeOffset? RevokedAt { get; init; }

    public required string? RevocationReason { get; init; }
}

/// <summary>Why a certificate no longer counts.</summary>
public enum RevocationReason
{
    /// <summary>Another certificate took its place.</summary>
    Superseded,

    /// <summary>The PC was retired.</summary>
    Retired,

    /// <summary>The PC said that it left management.</summary>
    Unenrolled,

    /// <summary>A person decided so.</summary>
    Revoked,
}

/// <summary>The certificates of the PCs: issue, recognise, revoke, list. Callers save, except where a method says otherwise.</summary>
public sealed class DeviceCertificates(DeskwardContext db, TenantScope scope, AuditTrail audit, TimeProvider time)
{
    /// <summary>The change that nodes hear when a certificate is revoked or first seen.</summary>
    public const string ChangeKind = "certificate";

    /// <summary>How long a certificate lives.</summary>
    public static TimeSpan Life => DeviceCertificateProfile.Life;

    /// <summary>Subject of a PC's certificates: unique, and the same over all renewals.</summary>
    public static string SubjectOf(Guid device) => DeviceCertificateProfile.Subject(device);

    /// <summary>Signs a certificate for a PC and adds it to the list. After this, pass no token that cancels until it is committed.</summary>
    /// <param name="authority">Of the PC's organisation, asked for before the transaction began.</param>
    /// <param name="device">Our id of the PC.</param>
    /// <param name="subjectPublicKeyInfo">DER of a key whose owner proved to have it, and whose kind and size were checked.</param>
    /// <param name="renews">The certificate it is to replace; null at enrolment.</param>
    public IssuedCertificate Issue(SigningAuthority authority, Guid device, byte[] subjectPublicKeyInfo, IssuedCertificate? renews = null)
    {
        var now = time.Now();
        using var signed = DeviceCertificateProfile.Sign(authority, device, subjectPublicKeyInfo, now);
        var issued = new IssuedCertificate
        {
            TenantId = authority.TenantId, DeviceId = device, AuthorityId = authority.Id, Serial = signed.SerialNumber, Certificate = signed.RawData,
            Sha256 = SHA256.HashData(signed.RawData), PublicKeySha256 = SHA256.HashData(subjectPublicKeyInfo), NotBefore = Utc(signed.NotBefore),
            NotAfter = Utc(signed.NotAfter), IssuedAt = now, RenewsId = renews?.Id,
        };
        db.Add(issued);
        audit.Record(issued.TenantId, "certificate.issue", issued.Id, issued.Serial, after: new { issued.DeviceId, issued.NotAfter, Renews = renews?.Serial });
        return issued;
    }

    /// <summary>
    /// The issued certificate that equals this one byte for byte, whether it still counts or not; its organisation is then the one that is open. Null:
    /// not issued here. What was looked up before it counts for nothing: only call it where nothing else is open yet.
    /// </summary>
    public async Task<IssuedCertificate?> RecogniseAsync(ReadOnlyMemory<byte> der, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(der.Span);
        if (await TenantLookup.CertificateAsync(db, hash, cancellationToken) is not { } found)
        {
            return null;
        }

        scope.Open(found.TenantId);
        var row = await db.Set<IssuedCertificate>().SingleOrDefaultAsync(certificate => certificate.Id == found.Id, cancellationToken);
        return row is not null && row.Certificate.AsSpan().SequenceEqual(der.Span) ? row : null;
    }

    /// <summary>
    /// Notes that the PC used this certificate for the first time: from now on no earlier certificate of the PC counts. Does nothing the second time.
    /// No node is told: who does not know it yet looks closer at the PC, and finds out.
    /// </summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public async Task SeenAsync(IssuedCertificate certificate, CancellationToken cancellationToken)
    {
        if (certificate.FirstSeenAt is not null)
        {
            return;
        }

        certificate.FirstSeenAt = time.Now();
        foreach (var other in await ValidAsync(certificate.DeviceId, cancellationToken))
        {
            if (other.Id != certificate.Id && other.IssuedAt <= certificate.IssuedAt)
            {
                Revoke(other, RevocationReason.Superseded);
            }
        }
    }

    /// <summary>Revokes one certificate; every node refuses it within a second of the commit. Does nothing when it is revoked already.</summary>
    public void Revoke(IssuedCertificate certificate, RevocationReason reason)
    {
        if (certificate.RevokedAt is not null)
        {
            return;
        }

        certificate.RevokedAt = time.Now();
        certificate.RevocationReason = Word(reason);
        db.Announce(new Change(ChangeKind, certificate.TenantId, certificate.Id));
        audit.Record(certificate.TenantId, "certificate.revoke", certificate.Id, certificate.Serial, after: new { certificate.DeviceId, Reason = certificate.RevocationReason });
    }

    /// <summary>Revokes every certificate of a PC.</summary>
    public async Task RevokeAllAsync(Guid device, RevocationReason reason, CancellationToken cancellationToken)
    {
        foreach (var certificate in await ValidAsync(device, cancellationToken))
        {
            Revoke(certificate, reason);
        }
    }

    /// <summary>What was issued to whom, newest first, of the organisations that are open.</summary>
    /// <param name="device">Only this PC's; null: of all.</param>
    /// <param name="skip">How many to pass over.</param>
    /// <param name="take">How many at most.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public Task<List<IssuedCertificateView>> ListAsync(Guid? device, int skip, int take, CancellationToken cancellationToken) =>
        db.Set<IssuedCertificate>().Where(row => device == null || row.DeviceId == device)
            .OrderByDescending(row => row.IssuedAt).ThenByDescending(row => row.Id).Skip(skip).Take(take)
            .Select(row => new IssuedCertificateView
            {
                Id = row.Id, DeviceId = row.DeviceId, Serial = row.Serial, IssuedAt = row.IssuedAt, NotAfter = row.NotAfter, FirstSeenAt = row.FirstSeenAt,
                IsRenewal = row.RenewsId != null, RevokedAt = row.RevokedAt, RevocationReason = row.RevocationReason,
            }).ToListAsync(cancellationToken);

    private Task<List<IssuedCertificate>> ValidAsync(Guid device, CancellationToken cancellationToken) =>
        db.Set<IssuedCertificate>().Where(row => row.DeviceId == device && row.RevokedAt == null).ToListAsync(cancellationToken);

    private static string Word(RevocationReason reason) => reason switch
    {
        RevocationReason.Superseded => "superseded",
        RevocationReason.Retired => "retired",
        RevocationReason.Unenrolled => "unenrolled",
        RevocationReason.Revoked => "revoked",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    private static DateTimeOffset Utc(DateTime time) => new(time.ToUniversalTime(), TimeSpan.Zero);
}
