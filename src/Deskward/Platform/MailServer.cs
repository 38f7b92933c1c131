namespace Deskward.Platform;

/// <summary>How the connection to the mail server is protected.</summary>
public enum MailSecurity
{
    /// <summary>Plain at first, TLS before anything is told; a server that does not offer it is not used.</summary>
    StartTls,

    /// <summary>TLS from the first byte (port 465).</summary>
    Tls,

    /// <summary>No TLS: for a relay on the same machine or a closed network. Never with a password.</summary>
    None,
}

/// <summary>The server that takes the service's mail.</summary>
public sealed record MailServer
{
    public required string Host { get; init; }

    public int Port { get; init; } = 587;

    public MailSecurity Security { get; init; }

    /// <summary>Who signs in there; null: nobody does.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>The sender's mail address.</summary>
    public required string From { get; init; }

    /// <summary>PEM file of the root that the server's certificate must lead to; null: a root that the system trusts.</summary>
    public string? RootFile { get; init; }

    /// <summary>Without the password: records are logged by accident.</summary>
    public override string ToString() => $"{Host}:{Port} ({Security})";
}
