using System.Net;
using Deskward.Protocol.Enrolment;

namespace Deskward.Platform;

/// <summary>
/// The settings of one node, read from options, environment (<c>DESKWARD_...</c>) and configuration files, checked as a whole before anything
/// starts. <c>docs/operate.md</c> describes each of them.
/// </summary>
public sealed record ServiceSettings
{
    /// <summary>Folder of everything this node keeps: SQLite file, service key, TLS root.</summary>
    public string Data { get; init; } = "./.data";

    /// <summary>Npgsql connection string of the service role; empty for SQLite in <see cref="Data"/>.</summary>
    public string Database { get; init; } = "";

    /// <summary>Npgsql connection string of the schema's owner, for migrate, backup and restore; null when not given.</summary>
    public string? OwnerDatabase { get; init; }

    /// <summary>Where people, programs and enrolment reach the service; https, no path.</summary>
    public Uri PublicUrl { get; init; } = new("https://localhost:8443");

    /// <summary>Where managed PCs reach the service; https, no path, another port or host than <see cref="PublicUrl"/>.</summary>
    public Uri ManagementUrl { get; init; } = new("https://localhost:8444");

    /// <summary>Address and port the public listener binds; null: all addresses, port of <see cref="PublicUrl"/>.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Address and port the management listener binds; null: all addresses, port of <see cref="ManagementUrl"/>.</summary>
    public IPEndPoint? ListenManagement { get; init; }

    /// <summary>Server certificates, chosen by SNI; empty: the service makes its own TLS root and certificate.</summary>
    public IReadOnlyList<TlsCertificateFile> TlsCertificates { get; init; } = [];

    /// <summary>The file of the service key; null: <c>service.key</c> in <see cref="Data"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Proxies whose forwarded headers and certificate header are believed; empty: none.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Accept the MD5 digest of OMA DM as the only proof of a PC's identity. Off unless switched on.</summary>
    public bool AllowMd5 { get; init; }

    /// <summary>PEM root by which identity providers are trusted; null: as the system trusts.</summary>
    public string? IdentityProviderRoot { get; init; }

    /// <summary>Whether identity providers may lie inside the operator's own network. Off unless switched on: customers name their addresses.</summary>
    public bool InternalIdentityProviders { get; init; }

    /// <summary>The server that takes mail; null: none, messages are shown in the portal alone and mail waits.</summary>
    public MailServer? Mail { get; init; }

    /// <summary>The DNS server that is asked whether a domain belongs to a customer; null: the machine's own.</summary>
    public IPEndPoint? DnsServer { get; init; }

    /// <summary>
    /// Whether PCs are told to sign each message: behind a proxy that ends TLS their certificate is not seen in the handshake.
    /// </summary>
    public bool RequireMessageSigning => TrustedProxies.Count > 0;

    /// <summary>How often PCs call: 15 minutes apart at first, then 60, then 480 for ever (0 sessions are no end).</summary>
    internal PollSchedule Poll { get; } = new() { First = new PollRow(10, 15), Second = new PollRow(8, 60), Remaining = new PollRow(0, 480) };

    /// <summary>Whether the engine is SQLite.</summary>
    public bool IsSqlite => Database.Length == 0;

    /// <summary>The service key's file.</summary>
    public string KeyPath => KeyFile ?? Path.Combine(Data, "service.key");

    /// <summary>The SQLite file.</summary>
    public string SqlitePath => Path.Combine(Data, "deskward.db");
}

/// <summary>A PEM certificate chain, and its key where that lies in another file.</summary>
public sealed record TlsCertificateFile(string Certificate, string? Key);
