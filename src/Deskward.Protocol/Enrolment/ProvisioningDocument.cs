namespace Deskward.Protocol.Enrolment;

/// <summary>In whose certificate store the PC keeps what it was issued.</summary>
public enum CertificateStore { User, System }

/// <summary>
/// What makes a PC managed: certificates, the account of the management client, and how often it asks (MS-MDE2 2.2.9.1). The provider id stands
/// once here and three times on the wire, so it cannot differ.
/// </summary>
public sealed record ProvisioningDocument
{
    /// <summary>Names the management server on the PC: short, ASCII, no spaces.</summary>
    public required string ProviderId { get; init; }

    /// <summary>DER of the device root; it goes to Root\System. Null: the PC has it already.</summary>
    public required byte[]? Root { get; init; }

    /// <summary>DER of the one intermediate authority there may be; it goes to CA\System.</summary>
    public byte[]? Intermediate { get; init; }

    /// <summary>DER of the certificate that was issued.</summary>
    public required byte[] Certificate { get; init; }

    /// <summary>User for <see cref="EnrolmentType.Full"/>, System for <see cref="EnrolmentType.Device"/>.</summary>
    public required CertificateStore Store { get; init; }

    /// <summary>When and where the PC renews its certificate by itself; null: it does not.</summary>
    public required RenewSettings? Renew { get; init; }

    /// <summary>The management account.</summary>
    public required W7Application Application { get; init; }

    /// <summary>The management client's own settings.</summary>
    public required DmClientProvider Provider { get; init; }

    /// <summary>The store that belongs to a type of enrolment.</summary>
    public static CertificateStore StoreFor(EnrolmentType type) => type == EnrolmentType.Full ? CertificateStore.User : CertificateStore.System;

    /// <summary>UTF-8, one line, in the order of the specification.</summary>
    public byte[] Write() => ProvisioningWriter.Write(this);

    /// <summary>Reads the document and refuses what Windows refuses.</summary>
    /// <exception cref="ProtocolException">The only exception.</exception>
    public static ProvisioningDocument Read(ReadOnlyMemory<byte> document) => ProvisioningReader.Read(document);
}

/// <summary>What a renewal brings: the new certificate, under the account that exists (MS-MDE2 2.2.9.5).</summary>
public sealed record RenewalDocument
{
    public required string ProviderId { get; init; }

    /// <summary>DER of the new certificate.</summary>
    public required byte[] Certificate { get; init; }

    /// <summary>The store of the certificate it replaces.</summary>
    public required CertificateStore Store { get; init; }

    /// <summary>DER of the device root, only when it is new.</summary>
    public byte[]? Root { get; init; }

    /// <summary>DER of the intermediate authority, only when it is new.</summary>
    public byte[]? Intermediate { get; init; }

    /// <summary>UTF-8, one line.</summary>
    public byte[] Write() => ProvisioningWriter.Write(this);

    /// <exception cref="ProtocolException">The only exception.</exception>
    public static RenewalDocument Read(ReadOnlyMemory<byte> document) => ProvisioningReader.ReadRenewal(document);
}

/// <summary>My/WSTEP/Renew, with ROBOSupport on.</summary>
/// <param name="PeriodDays">How long before its end a certificate is renewed, 1 to 1000.</param>
/// <param name="RetryDays">How long to wait after a failure, 1 to 1000.</param>
/// <param name="ServerUrl">Where to; null: where the PC enrolled.</param>
public sealed record RenewSettings(int PeriodDays = 60, int RetryDays = 4, string? ServerUrl = null);

/// <summary>APPLICATION: the account of the OMA-DM client (w7 APPLICATION CSP).</summary>
public sealed record W7Application
{
    /// <summary>What the person sees in Settings.</summary>
    public required string Name { get; init; }

    /// <summary>URL of the management endpoint.</summary>
    public required string Address { get; init; }

    /// <summary>How often a failed connection is tried again at once.</summary>
    public int ConnectionRetries { get; init; } = 6;

    /// <summary>First wait between retries, in milliseconds on the wire.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait between retries.</summary>
    public TimeSpan MaximumBackoff { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Subject of the certificate to show over TLS, e.g. <c>CN=...</c>, looked for in the store of the document; null: Windows chooses.</summary>
    public string? CertificateSubject { get; init; }

    /// <summary>APPAUTH CLIENT: how the server proves itself to the PC. Must be there even with certificates. The name is not written.</summary>
    public required AppAuth ServerToClient { get; init; }

    /// <summary>APPAUTH APPSRV: how the PC proves itself to the server. Must be there even with certificates.</summary>
    public required AppAuth ClientToServer { get; init; }
}

/// <summary>DIGEST credentials of one direction.</summary>
/// <param name="Name">AAUTHNAME; null for the server's own.</param>
/// <param name="Secret">AAUTHSECRET.</param>
/// <param name="Nonce">AAUTHDATA, base64 on the wire; without it Windows 11 fails with 0x80070057.</param>
public sealed record AppAuth(string? Name, string Secret, byte[] Nonce)
{
    /// <summary>Without the secret: records are logged by accident.</summary>
    public override string ToString() => $"{nameof(AppAuth)} {{ {nameof(Name)} = {Name} }}";
}

/// <summary>DMClient/Provider/{ProviderID}.</summary>
public sealed record DmClientProvider
{
    /// <summary>Who enrolled; null: nobody in particular.</summary>
    public string? Upn { get; init; }

    /// <summary>EntDeviceName: the name the organisation has for the PC.</summary>
    public string? DeviceName { get; init; }

    /// <summary>EntDMID: our id of the enrolment. The PC repeats it in each session (<c>client-request-id</c>) and signs it at renewal. Null: not set.</summary>
    public required string? DeviceManagementId { get; init; }

    /// <summary>EnableOmaDmKeepAliveMessage: the PC reports when a long command still runs.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>RequireMessageSigning: each message carries a signature header; for use behind proxies. Not written when off.</summary>
    public bool RequireMessageSigning { get; init; }

    public PollSchedule Poll { get; init; } = new();
}

/// <summary>DMClient Poll: three rows of attempts; a number of 0 means for ever, and rows after such a one are dead.</summary>
public sealed record PollSchedule
{
    public PollRow First { get; init; } = new(10, 15);

    public PollRow Second { get; init; } = new(8, 60);

    public PollRow Remaining { get; init; } = new(0, 480);

    /// <summary>PollOnLogin: also whenever somebody signs in.</summary>
    public bool OnLogin { get; init; } = true;

    /// <summary>AllUsersPollOnFirstLogin: also when a user signs in for the first time.</summary>
    public bool OnFirstLogin { get; init; } = true;
}

/// <summary>So many sessions, so many minutes apart.</summary>
public readonly record struct PollRow(int Count, int Minutes);
