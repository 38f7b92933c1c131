using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Deskward.Protocol.Enrolment;

/// <summary>The kinds of key a certificate may be made for. Windows asks with RSA; the curves cost nothing and are no weaker.</summary>
public enum KeyAlgorithm { Rsa, EcdsaP256, EcdsaP384 }

/// <summary>
/// A certificate request (RFC 2986) of which only the public key counts: the subject and the extensions are what the PC would like to be
/// called, and are never copied. Read with our own strict DER, because subjects such as <c>GUID!DeviceID</c> break general parsers.
/// </summary>
public sealed partial record Pkcs10Request
{
    /// <summary>The longest request that is read, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    private Pkcs10Request() { }

    /// <summary>DER of the SubjectPublicKeyInfo, as sent.</summary>
    public required byte[] SubjectPublicKeyInfo { get; init; }

    public required KeyAlgorithm KeyAlgorithm { get; init; }

    /// <summary>In bits.</summary>
    public required int KeySize { get; init; }

    /// <summary>What the request says in Windows' private extension; to compare and to log, never to believe. Null: not said.</summary>
    public string? ClaimedDeviceId { get; private init; }

    /// <summary>
    /// Reads a request and proves that its sender has the private key: RSA of 2048 to 4096 bits with exponent 65537, or ECDSA on P-256 or
    /// P-384; signed with SHA-256 or better.
    /// </summary>
    /// <exception cref="ProtocolException">The only exception; its message names what is wrong.</exception>
    public static Pkcs10Request Read(ReadOnlyMemory<byte> der)
    {
        if (der.Length > MaxBytes)
        {
            throw new ProtocolException($"The certificate request is {der.Length} bytes long; at most {MaxBytes} are read.");
        }
        try
        {
            return ReadDer(der);
        }
        catch (AsnContentException error)
        {
            throw new ProtocolException($"The certificate request is no valid DER: {error.Message}");
        }
    }

    /// <summary>
    /// Makes a request in the shape Windows gives it: subject CN <c>{request}!{device id}</c>, client authentication, and the device id
    /// with a NUL in the private extension.
    /// </summary>
    public static byte[] Create(AsymmetricAlgorithm key, string requestName, string deviceId)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.Add("2.5.4.3", $"{requestName}!{deviceId}", UniversalTagNumber.UTF8String);
        var request = key switch
        {
            RSA rsa => new CertificateRequest(subject.Build(), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            ECDsa ecdsa => new CertificateRequest(subject.Build(), ecdsa, HashAlgorithmName.SHA256),
            _ => throw new ArgumentException("The key is neither RSA nor ECDSA.", nameof(key)),
        };
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509Extension(DeviceIdExtension, System.Text.Encoding.ASCII.GetBytes(deviceId + '\0'), critical: false));
        return request.CreateSigningRequest();
    }

    private static Pkcs10Request ReadDer(ReadOnlyMemory<byte> der)
    {
        var file = new AsnReader(der, AsnEncodingRules.DER);
        var request = file.ReadSequence();
        if (file.HasData)
        {
            throw new ProtocolException("Bytes follow the certificate request.");
        }
        var signed = request.PeekEncodedValue();
        var info = request.ReadSequence();
        if (!info.TryReadInt32(out var version) || version != 0)
        {
            throw new ProtocolException("The certificate request is not of version 1.");
        }
        info.ReadSequence();
        var keyInfo = info.ReadEncodedValue();
        var deviceId = info.HasData ? ReadDeviceId(info) : null;
        info.ThrowIfNotEmpty();

        var signature = ReadSignature(request);
        var read = ReadKey(keyInfo) with { ClaimedDeviceId = deviceId };
        read.Verify(signed.Span, signature);
        return read;
    }
}
