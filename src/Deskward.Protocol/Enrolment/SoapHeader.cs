using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Enrolment;

/// <summary>What the header of an enrolment message says. Values are trimmed and otherwise verbatim; null: not there.</summary>
public sealed record SoapHeader
{
    /// <summary>WS-Addressing Action. Routes must not depend on it: the element in the body tells what is asked.</summary>
    public string? Action { get; init; }

    /// <summary>MessageID of a request; every answer repeats it in RelatesTo.</summary>
    public string? MessageId { get; init; }

    /// <summary>MessageID of the request that this answers.</summary>
    public string? RelatesTo { get; init; }

    /// <summary>The address the sender believes it is speaking to.</summary>
    public string? To { get; init; }

    /// <summary>Who the sender claims to be; <see cref="UnreadableCredentials"/> when the security header cannot be understood.</summary>
    public Credentials? Credentials { get; init; }

    /// <summary>The header of a request that a client is about to write; the message itself adds its action.</summary>
    public static SoapHeader ForRequest(string messageId, string to, Credentials? credentials = null) =>
        new() { MessageId = messageId, To = to, Credentials = credentials };

    /// <summary>The header of a message whose body may be unusable, so that a fault can name what it answers; null when not even that can be read.</summary>
    public static SoapHeader? TryRead(ReadOnlyMemory<byte> message)
    {
        try
        {
            return SoapEnvelope.Read(message).Header;
        }
        catch (ProtocolException)
        {
            return null;
        }
    }
}

/// <summary>What the wsse:Security header holds; a closed set.</summary>
public abstract record Credentials
{
    private protected Credentials() { }

    internal static Credentials? Read(Element? security)
    {
        if (security is null)
        {
            return null;
        }
        var names = security.ChildrenNamed("UsernameToken", EnrolmentNames.Security).ToList();
        var tokens = security.ChildrenNamed("BinarySecurityToken", EnrolmentNames.Security).ToList();
        return (names.Count, tokens.Count) switch
        {
            (0, 0) => null,
            (1, 0) => UsernameToken.From(names[0]),
            (0, 1) => BinarySecurityToken.From(tokens[0]),
            _ => new UnreadableCredentials("The security header holds more than one credential."),
        };
    }
}

/// <summary>OnPremise: a name and a password (here: an enrolment code) in plain text over TLS; both trimmed, the password possibly empty (renewal).</summary>
public sealed record UsernameToken(string Username, string Password) : Credentials
{
    /// <summary>Without the password: records are logged by accident.</summary>
    public override string ToString() => $"{nameof(UsernameToken)} {{ {nameof(Username)} = {Username} }}";

    internal static Credentials From(Element element) =>
        element.Child("Username", EnrolmentNames.Security)?.Text.Trim() is { Length: > 0 } name
            ? new UsernameToken(name, element.Child("Password", EnrolmentNames.Security)?.Text.Trim() ?? "")
            : new UnreadableCredentials("The UsernameToken has no Username.");
}

/// <summary>Federated, Entra or Certificate: an opaque token, base64 on the wire.</summary>
/// <param name="ValueType">What kind of token it is; null when not stated.</param>
/// <param name="Value">The token, base64 undone.</param>
public sealed record BinarySecurityToken(string? ValueType, byte[] Value) : Credentials
{
    /// <summary>The kind of token that the sign-in page hands to Windows (Federated).</summary>
    public const string UserToken = EnrolmentNames.DeviceEnrollmentUserToken;

    internal static Credentials From(Element element) => WireBytes.TryFromBase64(element.Text, out var value) && value.Length > 0
        ? new BinarySecurityToken(element.Attribute("ValueType")?.Trim(), value)
        : new UnreadableCredentials("The BinarySecurityToken is empty or not base64.");
}

/// <summary>A security header that is there and cannot be understood; the fault is InvalidSecurity.</summary>
public sealed record UnreadableCredentials(string Reason) : Credentials;
