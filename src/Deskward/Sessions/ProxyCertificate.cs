using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Platform;
using Microsoft.AspNetCore.Connections.Features;

namespace Deskward.Sessions;

/// <summary>
/// The client certificate that a TLS-terminating proxy saw, in <c>Client-Cert</c> (RFC 9440) or <c>X-Client-Cert</c> (URL-encoded PEM). Believed
/// from trusted proxies alone, by the address at the other end of the connection, never by what headers say of it.
/// </summary>
internal sealed class ProxyCertificate(ServiceSettings settings)
{
    private const string Standard = "Client-Cert";
    private const string Pem = "X-Client-Cert";
    private const int LongestHeader = 16 * 1024;

    /// <summary>Whether the message carries such a header.</summary>
    internal static bool IsPresent(HttpRequest request) => request.Headers.ContainsKey(Standard) || request.Headers.ContainsKey(Pem);

    /// <summary>SHA-256 of the certificate in the header; null when the sender is no trusted proxy, or the header holds no certificate.</summary>
    internal byte[]? Read(HttpContext context) => IsTrusted(context) ? Read(context.Request) : null;

    private bool IsTrusted(HttpContext context)
    {
        var address = (context.Features.Get<IConnectionSocketFeature>()?.Socket.RemoteEndPoint as IPEndPoint)?.Address;
        if (address is null)
        {
            return false;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in settings.TrustedProxies)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[]? Read(HttpRequest request)
    {
        try
        {
            if (request.Headers[Standard] is [{ Length: > 2 and < LongestHeader } standard] && standard[0] == ':' && standard[^1] == ':' && Base64.IsValid(standard.AsSpan(1, standard.Length - 2)))
            {
                return SHA256.HashData(Convert.FromBase64String(standard[1..^1]));
            }

            if (request.Headers[Pem] is [{ Length: > 0 and < LongestHeader } pem])
            {
                using var certificate = X509Certificate2.CreateFromPem(Uri.UnescapeDataString(pem));
                return SHA256.HashData(certificate.RawDataMemory.Span);
            }
        }
        catch (CryptographicException)
        {
            return null;
        }

        return null;
    }
}
