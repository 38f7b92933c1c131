using Deskward.Protocol.Enrolment;
using Deskward.Protocol.SyncMl;

namespace Deskward.Simulator;

/// <summary>What the Status of SyncHdr means for the PC's credentials.</summary>
internal enum LoginStep { Passed, Again, Refused }

/// <summary>The digest of one session (protocol facts 2.2): not sent until it is asked for, then with every message unless 212 says once is enough.</summary>
internal sealed class DigestLogin(AppAuth digest)
{
    private const int MostAttempts = 2;

    private byte[] _nonce = digest.Nonce;
    private bool _sends;
    private int _attempts;

    public string? UserName => _sends ? digest.Name : null;

    public Credential? Credential => _sends
        ? new Credential(AuthMd5.Type, AuthMd5.Digest(AuthMd5.Secret(digest.Name ?? "", digest.Secret), _nonce))
        : null;

    public LoginStep Judge(SyncMlMessage answer)
    {
        if (answer.Commands.OfType<StatusCommand>().FirstOrDefault(status => status.CommandRef == "0") is not { } header)
        {
            return LoginStep.Passed;
        }
        _nonce = header.Challenge?.NextNonce ?? _nonce;
        if (header.Code is not (SyncStatus.InvalidCredentials or SyncStatus.CredentialsMissing))
        {
            _sends &= header.Code != SyncStatus.AuthenticationAccepted;
            return LoginStep.Passed;
        }
        _sends = true;
        return header.Challenge is null || _attempts++ == MostAttempts ? LoginStep.Refused : LoginStep.Again;
    }
}
