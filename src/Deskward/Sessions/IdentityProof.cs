using Deskward.Certificates;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Protocol.SyncMl;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Sessions;

/// <summary>What a digest proves.</summary>
internal enum DigestVerdict
{
    /// <summary>The PC, and a nonce that was never used: a session begins.</summary>
    Begins,

    /// <summary>The PC, with the nonce of the session that goes on.</summary>
    GoesOn,

    /// <summary>Nothing: it is wrong, or its nonce was used in another session.</summary>
    Wrong,

    /// <summary>Nothing any more: this PC signs.</summary>
    Outgrown,
}

/// <summary>
/// What a message proves, judged and noted inside the exchange, so that two messages cannot both use one nonce.
/// </summary>
internal sealed class IdentityProof(DeskwardContext db, ServiceSettings settings, ServiceKey key, DeviceCertificates certificates, TimeProvider time)
{
    private DeviceSecrets? _secrets;

    /// <summary>The nonce to challenge with: it lies ready until a session begins with it.</summary>
    internal byte[] Nonce => _secrets!.ClientNonce;

    /// <summary>Unless the digest alone is admitted, it may only bring the demand to sign.</summary>
    internal bool IsFirstStep => !settings.AllowMd5;

    /// <summary>
    /// Loads the PC's secrets and judges. The digest holds for one session and comes with every message (our Status is 200, never 212): a message
    /// in a session is then never believed for what another message showed.
    /// </summary>
    internal async Task<DigestVerdict> JudgeAsync(DeviceProgress progress, Session? session, SyncHeader header, CancellationToken cancellationToken)
    {
        _secrets = await db.Set<DeviceSecrets>().SingleOrDefaultAsync(row => row.DeviceId == progress.DeviceId, cancellationToken);
        if (_secrets is null || progress.SignedAt is not null)
        {
            return DigestVerdict.Outgrown;
        }

        var secret = AuthMd5.Secret(_secrets.ClientName, _secrets.ClientSecret(key));
        return AuthMd5.Matches(header.Credential!, secret, _secrets.ClientNonce) ? DigestVerdict.Begins
            : session?.DigestNonce is { } used && AuthMd5.Matches(header.Credential!, secret, used) ? DigestVerdict.GoesOn
            : DigestVerdict.Wrong;
    }

    /// <summary>Notes the first signature, after which no digest suffices, and the first use of a certificate, after which no earlier one counts.</summary>
    internal async Task NoteAsync(Identified identified, ExchangeRows rows, CancellationToken cancellationToken)
    {
        rows.Progress.SignedAt ??= identified.IsSigned ? time.Now() : null;
        if (!identified.IsDigest)
        {
            await certificates.SeenAsync(rows.Certificate!, cancellationToken);
        }
    }

    /// <summary>The session takes the nonce; nobody else will get it again.</summary>
    internal void Begin(Session session) => (session.DigestNonce, session.IsFirstStep) = (_secrets!.UseClientNonce(), IsFirstStep);
}
