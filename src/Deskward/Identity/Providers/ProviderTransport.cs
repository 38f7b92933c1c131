using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Deskward.Platform;

namespace Deskward.Identity.Providers;

/// <summary>
/// How the service reaches identity providers. Their addresses come from customers, so it follows no redirect, reads little, waits briefly, and goes
/// to addresses inside the operator's network only where the operator allows it.
/// </summary>
internal sealed class ProviderTransport : IDisposable
{
    private const int LargestAnswer = 512 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly IPNetwork[] Inside =
    [
        .. new[] { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3", "::/127", "64:ff9b::/96", "fc00::/7", "fe80::/10", "ff00::/8" }
            .Select(text => IPNetwork.Parse(text)),
    ];

    private readonly bool _isInsideAllowed;
    private readonly SocketsHttpHandler _handler;

    public ProviderTransport(ServiceSettings settings)
    {
        _isInsideAllowed = settings.InternalIdentityProviders;
        _handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !_isInsideAllowed, ConnectTimeout = Patience, ConnectCallback = ConnectAsync };
        if (settings.IdentityProviderRoot is { } file)
        {
            _handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = PolicyWith(file) };
        }

        Client = new HttpClient(_handler) { Timeout = Patience, MaxResponseContentBufferSize = LargestAnswer };
    }

    internal HttpClient Client { get; }

    public void Dispose()
    {
        Client.Dispose();
        _handler.Dispose();
    }

    /// <summary>Whether an address lies where strangers have nothing to look for.</summary>
    internal static bool IsInside(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Inside.Any(network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }

    /// <summary>Looks the name up once and connects to what was looked at: a name cannot mean something else a moment later.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var open = addresses.Where(address => _isInsideAllowed || !IsInside(address)).ToArray();
        if (open.Length == 0)
        {
            throw new HttpRequestException("The name leads into the operator's own network.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509ChainPolicy PolicyWith(string rootFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(rootFile);
        return policy;
    }
}
