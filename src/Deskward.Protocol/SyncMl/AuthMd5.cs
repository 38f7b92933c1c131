using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Deskward.Protocol.SyncMl;

/// <summary>
/// The digest <c>syncml:auth-md5</c> (OMA-TS-DM_Security 1.2.1, 5.3): base64(MD5(base64(MD5(user ":" password)) ":" nonce)). MD5 because the
/// protocol fixes it; a compatibility mode, never the only gate.
/// </summary>
public static class AuthMd5
{
    /// <summary>Meta/Type of Cred and Chal.</summary>
    public const string Type = "syncml:auth-md5";

    /// <summary>The inner digest, base64: what may be stored instead of the password.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The protocol prescribes MD5.")]
    public static string Secret(string user, string password) =>
        Convert.ToBase64String(MD5.HashData(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>The digest over a secret and the raw bytes of the nonce, base64.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The protocol prescribes MD5.")]
    public static string Digest(string secret, ReadOnlySpan<byte> nonce) =>
        Convert.ToBase64String(MD5.HashData([.. Encoding.UTF8.GetBytes(secret), (byte)':', .. nonce]));

    /// <summary>Whether a credential shows the secret; takes as long for a wrong digest as for a right one.</summary>
    public static bool Matches(Credential credential, string secret, ReadOnlySpan<byte> nonce) =>
        credential.Type == Type
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(credential.Data), Encoding.UTF8.GetBytes(Digest(secret, nonce)));
}
