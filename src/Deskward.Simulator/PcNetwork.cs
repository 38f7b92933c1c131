using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Deskward.Simulator;

/// <summary>How virtual PCs reach the service: whom they trust, and how patient they are. One instance serves a whole fleet.</summary>
/// <param name="tlsRoots">The only roots a server certificate may chain to; null: those of the machine.</param>
public sealed class PcNetwork(X509Certificate2Collection? tlsRoots = null)
{
    /// <summary>The roots in a PEM file, e.g. the one that the service writes when it makes its own.</summary>
    public static PcNetwork FromPemFile(string path)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(path);
        return new PcNetwork(roots);
    }

    /// <summary>Windows takes HTTP/2 when it is offered; 1.1 is cheaper for the machine that plays a thousand PCs.</summary>
    public Version HttpVersion { get; init; } = System.Net.HttpVersion.Version11;

    /// <summary>How long a PC waits for an answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>No wait between retries, and none that a Retry-After asks for, is longer; null: as provisioned and asked.</summary>
    public TimeSpan? LongestWait { get; init; }

    /// <summary>Whether a PC keeps its connection open between sessions.</summary>
    public bool KeepsConnections { get; init; }

    /// <summary>Whether each message goes over a connection of its own; behind a balancer, each may then reach another node.</summary>
    public bool ConnectsForEachMessage { get; init; }

    /// <summary>
    /// Whether every byte of every message is checked against the protocol. Costs more than anything else a PC does; a load run that measures the
    /// service may switch it off when the same sessions have been checked before.
    /// </summary>
    public bool ChecksMessages { get; init; } = true;

    /// <summary>Where a host name really is, instead of asking DNS; null: DNS.</summary>
    public Func<DnsEndPoint, EndPoint>? Resolve { get; init; }

    internal HttpMessageInvoker Connect(SslStreamCertificateContext? certificate)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxConnectionsPerServer = 2,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
            PooledConnectionLifetime = ConnectsForEachMessage ? TimeSpan.Zero : System.Threading.Timeout.InfiniteTimeSpan,
            SslOptions = new SslClientAuthenticationOptions { ClientCertificateContext = certificate, CertificateChainPolicy = Trust() },
        };
        if (Resolve is { } resolve)
        {
            handler.ConnectCallback = async (context, cancellation) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(resolve(context.DnsEndPoint), cancellation).ConfigureAwait(false);
                    return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }
        return new HttpMessageInvoker(handler);
    }

    private X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (tlsRoots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(tlsRoots);
        }
        return policy;
    }
}
