using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Platform;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Primitives;

namespace Deskward.Certificates;

/// <summary>
/// The client certificate that a TLS-terminating proxy saw, in <c>Client-Cert</c> (RFC 9440) or <c>X-Client-Cert</c> (URL-encoded PEM). Believed
/// from trusted proxies alone, by the address at the other end of the connection, never by what headers say of it. Where both headers are there,
/// they must show the same.
/// </summary>
public sealed class ProxyCertificate(ServiceSettings settings)
{
    private const string Standard = "Client-Cert";
    private const string Pem = "X-Client-Cert";
    private const int LongestHeader = 16 * 1024;

    /// <summary>Whether the message carries such a header.</summary>
    public static bool IsPresent(HttpRequest request) => request.Headers.ContainsKey(Standard) || request.Headers.ContainsKey(Pem);

    /// <summary>SHA-256 of the certificate in the header; null when the sender is no trusted proxy, or the header holds no certificate.</summary>
    public byte[]? Read(HttpContext context) => IsTrusted(context) ? Read(context.Request) : null;

    /// <summary>
    /// Whether a trusted proxy saw another certificate than this one. A header that cannot be read shows another; none, or one from elsewhere, shows nothing.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="certificate">DER of the certificate that it should be.</param>
    public bool ShowsAnother(HttpContext context, ReadOnlySpan<byte> certificate) =>
        IsPresent(context.Request) && IsTrusted(context) && !(Read(context.Request) is { } shown && shown.AsSpan().SequenceEqual(SHA256.HashData(certificate)));

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
        var (standard, pem) = (request.Headers[Standard], request.Headers[Pem]);
        try
        {
            var first = standard.Count == 0 ? null : FromStandard(standard);
            var second = pem.Count == 0 ? null : FromPem(pem);
            return standard.Count == 0 ? second
                : pem.Count == 0 || (first is not null && second is not null && first.AsSpan().SequenceEqual(second)) ? first
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[]? FromStandard(StringValues header) =>
        header is [{ Length: > 2 and < LongestHeader } text] && text[0] == ':' && text[^1] == ':' && Base64.IsValid(text.AsSpan(1, text.Length - 2))
            ? SHA256.HashData(Convert.FromBase64String(text[1..^1]))
            : null;

    private static byte[]? FromPem(StringValues header)
    {
        if (header is not [{ Length: > 0 and < LongestHeader } text])
        {
            return null;
        }

        using var certificate = X509Certificate2.CreateFromPem(Uri.UnescapeDataString(text));
        return SHA256.HashData(certificate.RawDataMemory.Span);
    }
}
