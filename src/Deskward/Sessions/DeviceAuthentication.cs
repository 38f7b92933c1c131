using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Certificates;
using Deskward.Devices;

namespace Deskward.Sessions;

/// <summary>Who sent a message, or why nobody is believed to have.</summary>
internal readonly record struct Identified(DeviceSnapshot? Device, byte[] CertificateHash, IdentityRefusal Refusal)
{
    /// <summary>The message carried a valid signature of the PC.</summary>
    internal bool IsSigned { get; init; }

    /// <summary>The message claims to be the PC's by a digest, which the exchange has still to judge.</summary>
    internal bool IsDigest { get; init; }

    internal static Identified No(IdentityRefusal refusal) => new(null, [], refusal);
}

/// <summary>
/// Recognises the PC by its certificate, byte for byte: any certificate is admitted by TLS, this decides. A device can never speak for another,
/// because the name in its message must be the name that its certificate was issued to.
/// </summary>
internal sealed class DeviceAuthentication(DeviceCache cache, MessageSignature signatures, ProxyCertificate proxies, DigestAuthentication digests, TimeProvider time)
{
    private static readonly object HashKey = new();

    /// <summary>The digest, for messages with neither certificate nor signature.</summary>
    internal DigestAuthentication Digests => digests;

    /// <summary>
    /// The PC of the connection's certificate, or of the one that a trusted proxy saw, before anything of the message is read. No refusal and no
    /// PC: there is neither, and the message must be signed, or show a digest where that is admitted.
    /// </summary>
    internal ValueTask<Identified> ByConnectionAsync(HttpContext context)
    {
        if (context.Connection.ClientCertificate is { } certificate)
        {
            return ByHashAsync(HashOf(context, certificate), context.RequestAborted);
        }

        if (ProxyCertificate.IsPresent(context.Request))
        {
            return proxies.Read(context) is { } hash
                ? ByHashAsync(hash, context.RequestAborted)
                : ValueTask.FromResult(Identified.No(IdentityRefusal.UntrustedProxy));
        }

        return ValueTask.FromResult(MessageSignature.HeaderOf(context.Request) is null && !digests.IsAdmitted ? Identified.No(IdentityRefusal.NoCredential) : default);
    }

    /// <summary>
    /// The PC that signed the message. Where the connection has shown one already, it must be the same.
    /// </summary>
    internal async ValueTask<Identified> BySignatureAsync(HttpContext context, Identified connection, ReadOnlyMemory<byte> body)
    {
        if (MessageSignature.HeaderOf(context.Request) is not { } header)
        {
            return connection;
        }

        var (signer, refusal) = signatures.Verify(header, body);
        return signer is null ? Identified.No(refusal)
            : connection.Device is null ? await ByHashAsync(signer, context.RequestAborted) with { IsSigned = true }
            : connection.CertificateHash.AsSpan().SequenceEqual(signer) ? connection with { IsSigned = true }
            : Identified.No(IdentityRefusal.TwoIdentities);
    }

    /// <summary>The PC with this certificate.</summary>
    internal async ValueTask<Identified> ByHashAsync(byte[] hash, CancellationToken cancellationToken)
    {
        if (await cache.FindAsync(hash, cancellationToken) is not { } found)
        {
            return Identified.No(IdentityRefusal.ForeignCertificate);
        }

        var refusal = found.IsRevoked ? IdentityRefusal.RevokedCertificate
            : found.NotAfter <= time.GetUtcNow() ? IdentityRefusal.ExpiredCertificate
            : found.State == DeviceState.Retired ? IdentityRefusal.NotManaged
            : IdentityRefusal.None;
        return new Identified(refusal == IdentityRefusal.None ? found : null, hash, refusal);
    }

    /// <summary>Whether the message names the PC that was recognised.</summary>
    internal static bool IsNamed(DeviceSnapshot device, string source) => string.Equals(device.HardwareId, source, StringComparison.OrdinalIgnoreCase);

    // One hash per connection, not per message.
    private static byte[] HashOf(HttpContext context, X509Certificate2 certificate)
    {
        var items = context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(HashKey, out var known))
        {
            return (byte[])known!;
        }

        var hash = SHA256.HashData(certificate.RawDataMemory.Span);
        if (items is not null)
        {
            items[HashKey] = hash;
        }

        return hash;
    }
}
