namespace Deskward.Sessions;

/// <summary>Why a message was not believed to come from a managed PC; logged, never told in detail.</summary>
internal enum IdentityRefusal
{
    None,

    /// <summary>No certificate, no signature, no digest.</summary>
    NoCredential,

    /// <summary>A certificate that we never issued.</summary>
    ForeignCertificate,

    RevokedCertificate,

    ExpiredCertificate,

    /// <summary>The PC was retired.</summary>
    NotManaged,

    /// <summary>The certificate of one PC, the name of another.</summary>
    OtherName,

    /// <summary>The signature header is no detached CMS over this body by this certificate.</summary>
    BadSignature,

    /// <summary>Signed too long ago, or in the future.</summary>
    SignatureOutOfTime,

    /// <summary>The same signature came before.</summary>
    SignatureReplayed,

    /// <summary>A certificate header from an address that is no trusted proxy.</summary>
    UntrustedProxy,

    /// <summary>The TLS certificate and the signature are of two PCs.</summary>
    TwoIdentities,

    /// <summary>The name of the digest is no PC's, or that of another than the message's Source.</summary>
    UnknownName,

    /// <summary>The digest is wrong, or its nonce was used before.</summary>
    WrongDigest,

    /// <summary>The PC has signed its messages before, so the digest does not suffice any more.</summary>
    SignatureRequired,
}
