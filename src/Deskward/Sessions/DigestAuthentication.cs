using System.Net;
using System.Text;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Platform.Guessing;
using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>What a message with or without a digest leads to before anything is written: a PC that it claims to be, a challenge, or a wait.</summary>
internal readonly record struct DigestClaim(Identified Who, byte[]? Challenge = null, TimeSpan? Wait = null);

/// <summary>
/// The MD5 digest of OMA DM (protocol facts 2.2) up to the point where the PC is known by its name; whether the digest is right, the exchange
/// judges (<see cref="IdentityProof"/>). A stranger makes nothing be written: the challenge is the nonce that lies ready for the PC with the Source
/// of the message, or one that looks like it.
/// </summary>
internal sealed class DigestAuthentication(ServiceSettings settings, DigestLookup lookup, ServiceKey key, GuessLimiter guesses, TimeProvider time)
{
    private const int NonceSize = 16;
    private const int LongestName = 64;

    /// <summary>Whether a digest may prove anything: in the compatibility mode, and as the first step where PCs are to sign.</summary>
    internal bool IsAdmitted => settings.AllowMd5 || settings.RequireMessageSigning;

    /// <summary>
    /// 1. Without a credential: 407, with a nonce. 2. Who guessed often must wait. 3. The name must be that of a PC, and the message's Source that
    /// very PC; otherwise 401, which tells no more than a wrong digest does.
    /// </summary>
    internal async Task<DigestClaim> ReadAsync(SyncHeader header, IPAddress? source, CancellationToken cancellationToken)
    {
        var decoy = key.Hash(Encoding.UTF8.GetBytes(header.Source.ToUpperInvariant()), "digest-decoy")[..NonceSize];
        if (header.Credential is null)
        {
            var nonce = await lookup.FindNonceAsync(header.Source.ToUpperInvariant(), cancellationToken) ?? decoy;
            return new DigestClaim(Identified.No(IdentityRefusal.NoCredential), Challenge(header, SyncStatus.CredentialsMissing, nonce)); // 1
        }

        var name = NameOf(header);
        if (await guesses.MustWaitAsync(GuessAt.Digest, name, source, cancellationToken) is { } wait)
        {
            return new DigestClaim(Identified.No(IdentityRefusal.WrongDigest), Wait: wait); // 2
        }

        var found = Guid.TryParseExact(name, "D", out var id) ? await lookup.FindAsync(id, cancellationToken) : null;
        if (found is null || found.NotAfter <= time.GetUtcNow() || found.State == DeviceState.Retired || !DeviceAuthentication.IsNamed(found, header.Source))
        {
            await guesses.FailedAsync(GuessAt.Digest, name, source, CancellationToken.None);
            return new DigestClaim(Identified.No(IdentityRefusal.UnknownName), Challenge(header, SyncStatus.InvalidCredentials, decoy)); // 3
        }

        return new DigestClaim(new Identified(found, [], IdentityRefusal.None) { IsDigest = true });
    }

    /// <summary>Counts how the exchange judged.</summary>
    internal Task NoteAsync(SyncHeader header, IPAddress? source, bool isRight) => isRight
        ? guesses.SucceededAsync(GuessAt.Digest, NameOf(header), source, CancellationToken.None)
        : guesses.FailedAsync(GuessAt.Digest, NameOf(header), source, CancellationToken.None);

    /// <summary>A message that answers the header and nothing else: nothing in it was believed, so nothing was done.</summary>
    internal static byte[] Challenge(SyncHeader header, int status, byte[] nonce) => SyncMlWriter.Write(new SyncMlMessage(
        new SyncHeader { SessionId = header.SessionId, MessageId = header.MessageId, Target = header.Source, Source = header.Target },
        [SessionStatuses.Header(header, status, new Challenge(AuthMd5.Type, nonce)) with { CommandId = "1" }],
        true));

    private static string NameOf(SyncHeader header) => header.SourceName is { Length: <= LongestName } name ? name.ToLowerInvariant() : "";
}
