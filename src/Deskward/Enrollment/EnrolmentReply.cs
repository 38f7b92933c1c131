using Deskward.Platform;

namespace Deskward.Enrollment;

/// <summary>What a refusal is about; with the reason it decides what Windows is told.</summary>
internal enum RefusedOver
{
    /// <summary>The message cannot be read.</summary>
    Message,

    /// <summary>The security header: missing, unreadable, or not who it says.</summary>
    Credentials,

    /// <summary>What the PC states about itself.</summary>
    Facts,

    /// <summary>The certificate request.</summary>
    Request,

    /// <summary>The proof of a renewal: its signature, its signer, its time.</summary>
    Renewal,

    /// <summary>The kind of request is not answered here.</summary>
    Kind,
}

/// <summary>The answer of an enrolment step: the message to send, or a refusal and what it is about.</summary>
internal sealed record EnrolmentReply
{
    private EnrolmentReply()
    {
    }

    /// <summary>The SOAP message; null when refused.</summary>
    internal byte[]? Message { get; private init; }

    internal RefusedOver Over { get; private init; }

    internal Refusal? Refusal { get; private init; }

    internal static EnrolmentReply Of(byte[] message) => new() { Message = message };

    internal static EnrolmentReply Refused(RefusedOver over, Refusal refusal) => new() { Over = over, Refusal = refusal };
}
