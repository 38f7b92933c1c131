using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace Deskward.Protocol.Enrolment;

/// <content>Key, signature and extension of the request, one by one.</content>
public sealed partial record Pkcs10Request
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string DeviceIdExtension = "1.3.6.1.4.1.311.66.1.0";
    private const string ExtensionRequest = "1.2.840.113549.1.9.14";
    private const string RsaKey = "1.2.840.113549.1.1.1";
    private const string EcKey = "1.2.840.10045.2.1";
    private const int SmallestRsa = 2048;
    private const int LargestRsa = 4096;

    // Only what the readers below accept; SHA-1 and MD5 are named so that the refusal can say so.
    private static (string Key, HashAlgorithmName Hash) Algorithm(string oid) => oid switch
    {
        "1.2.840.113549.1.1.11" => (RsaKey, HashAlgorithmName.SHA256),
        "1.2.840.113549.1.1.12" => (RsaKey, HashAlgorithmName.SHA384),
        "1.2.840.113549.1.1.13" => (RsaKey, HashAlgorithmName.SHA512),
        "1.2.840.10045.4.3.2" => (EcKey, HashAlgorithmName.SHA256),
        "1.2.840.10045.4.3.3" => (EcKey, HashAlgorithmName.SHA384),
        "1.2.840.10045.4.3.4" => (EcKey, HashAlgorithmName.SHA512),
        "1.2.840.113549.1.1.5" or "1.2.840.10045.4.1" => throw TooWeak("SHA-1"),
        "1.2.840.113549.1.1.4" => throw TooWeak("MD5"),
        _ => throw new ProtocolException($"The certificate request is signed with {oid}, which is not known here."),
    };

    private static ProtocolException TooWeak(string hash) => new($"The certificate request is signed with {hash}; SHA-256 or better is needed.");

    private static (string Key, HashAlgorithmName Hash, byte[] Value) ReadSignature(AsnReader request)
    {
        var identifier = request.ReadSequence();
        var (key, hash) = Algorithm(identifier.ReadObjectIdentifier());
        if (identifier.HasData && key == RsaKey)
        {
            identifier.ReadNull();
        }
        identifier.ThrowIfNotEmpty();
        var value = ReadBits(request, "signature");
        request.ThrowIfNotEmpty();
        return (key, hash, value);
    }

    private static byte[] ReadBits(AsnReader reader, string what)
    {
        var bits = reader.ReadBitString(out var unused);
        return unused == 0 ? bits : throw new ProtocolException($"The {what} of the certificate request does not end at a byte.");
    }

    private static Pkcs10Request ReadKey(ReadOnlyMemory<byte> keyInfo)
    {
        var info = new AsnReader(keyInfo, AsnEncodingRules.DER).ReadSequence();
        var identifier = info.ReadSequence();
        var oid = identifier.ReadObjectIdentifier();
        var (algorithm, size) = oid switch
        {
            RsaKey => ReadRsa(identifier, info),
            EcKey => ReadCurve(identifier),
            _ => throw new ProtocolException($"The key of the certificate request is of kind {oid}; RSA or ECDSA is needed."),
        };
        identifier.ThrowIfNotEmpty();
        return new Pkcs10Request { SubjectPublicKeyInfo = keyInfo.ToArray(), KeyAlgorithm = algorithm, KeySize = size };
    }

    private static (KeyAlgorithm, int) ReadRsa(AsnReader identifier, AsnReader info)
    {
        identifier.ReadNull();
        var bits = new AsnReader(ReadBits(info, "key"), AsnEncodingRules.DER);
        info.ThrowIfNotEmpty();
        var key = bits.ReadSequence();
        bits.ThrowIfNotEmpty();
        var modulus = new BigInteger(key.ReadIntegerBytes().Span, isBigEndian: true);
        var exponent = key.ReadIntegerBytes().Span;
        key.ThrowIfNotEmpty();
        var size = modulus.Sign > 0 ? (int)modulus.GetBitLength() : 0;
        if (size is < SmallestRsa or > LargestRsa)
        {
            throw new ProtocolException($"The RSA key of the certificate request has {size} bits; {SmallestRsa} to {LargestRsa} are allowed.");
        }
        if (modulus.IsEven || !exponent.SequenceEqual<byte>([1, 0, 1]))
        {
            throw new ProtocolException("The RSA key of the certificate request must have an odd modulus and the exponent 65537.");
        }
        return (KeyAlgorithm.Rsa, size);
    }

    private static (KeyAlgorithm, int) ReadCurve(AsnReader identifier) => identifier.ReadObjectIdentifier() switch
    {
        "1.2.840.10045.3.1.7" => (KeyAlgorithm.EcdsaP256, 256),
        "1.3.132.0.34" => (KeyAlgorithm.EcdsaP384, 384),
        var curve => throw new ProtocolException($"The ECDSA key of the certificate request is on curve {curve}; P-256 or P-384 is needed."),
    };

    private void Verify(ReadOnlySpan<byte> signed, (string Key, HashAlgorithmName Hash, byte[] Value) signature)
    {
        if (signature.Key == RsaKey != (KeyAlgorithm == KeyAlgorithm.Rsa))
        {
            throw new ProtocolException("The certificate request has a key of one kind and a signature of another.");
        }
        try
        {
            if (KeyAlgorithm == KeyAlgorithm.Rsa ? VerifyRsa(signed, signature) : VerifyEcdsa(signed, signature))
            {
                return;
            }
        }
        catch (CryptographicException)
        {
            throw new ProtocolException("The key of the certificate request is not usable.");
        }
        throw new ProtocolException("The signature of the certificate request is wrong: its sender has not proved to own the key.");
    }

    private bool VerifyRsa(ReadOnlySpan<byte> signed, (string Key, HashAlgorithmName Hash, byte[] Value) signature)
    {
        using var rsa = RSA.Create();
        Whole(rsa);
        return rsa.VerifyData(signed, signature.Value, signature.Hash, RSASignaturePadding.Pkcs1);
    }

    private bool VerifyEcdsa(ReadOnlySpan<byte> signed, (string Key, HashAlgorithmName Hash, byte[] Value) signature)
    {
        using var ecdsa = ECDsa.Create();
        Whole(ecdsa);
        return ecdsa.VerifyData(signed, signature.Value, signature.Hash, DSASignatureFormat.Rfc3279DerSequence);
    }

    private void Whole(AsymmetricAlgorithm key)
    {
        key.ImportSubjectPublicKeyInfo(SubjectPublicKeyInfo, out var read);
        if (read != SubjectPublicKeyInfo.Length)
        {
            throw new ProtocolException("Bytes follow the key of the certificate request.");
        }
    }

    // Attributes ::= [0] SET OF SEQUENCE { type, SET OF value }. Windows' device id is bare ASCII and a NUL, where DER was due.
    private static string? ReadDeviceId(AsnReader info)
    {
        string? found = null;
        var attributes = info.ReadSetOf(skipSortOrderValidation: true, new Asn1Tag(TagClass.ContextSpecific, 0));
        while (attributes.HasData)
        {
            var attribute = attributes.ReadSequence();
            var type = attribute.ReadObjectIdentifier();
            var values = attribute.ReadSetOf(skipSortOrderValidation: true);
            attribute.ThrowIfNotEmpty();
            while (values.HasData && type == ExtensionRequest)
            {
                found ??= ReadExtensions(values.ReadSequence());
            }
        }
        return found;
    }

    private static string? ReadExtensions(AsnReader extensions)
    {
        string? found = null;
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            if (extension.PeekTag() == Asn1Tag.Boolean)
            {
                extension.ReadBoolean();
            }
            var value = extension.ReadOctetString().AsSpan().TrimEnd((byte)0);
            extension.ThrowIfNotEmpty();
            if (oid == DeviceIdExtension && value.Length is > 0 and <= 128 && !value.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            {
                found ??= System.Text.Encoding.ASCII.GetString(value);
            }
        }
        return found;
    }
}
