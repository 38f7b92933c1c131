using System.Globalization;
using System.Security.Cryptography;

namespace Deskward.Audit;

/// <summary>A checkpoint that was given away, as a small text file: lines of <c>name: value</c>. Name and title are for people; all else is signed or hashed.</summary>
/// <param name="Tenant">Whose chain.</param>
/// <param name="Name">The organisation's name.</param>
/// <param name="Checkpoint">What was signed.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo of the key that signed.</param>
internal sealed record CheckpointFile(Guid Tenant, string Name, SignedCheckpoint Checkpoint, byte[] PublicKey)
{
    private const string Title = "Deskward audit checkpoint 1";
    private const string Times = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    internal string Write() => string.Create(CultureInfo.InvariantCulture, $"""
        {Title}
        organisation: {Tenant:D}
        name: {string.Concat(Name.Select(character => char.IsControl(character) ? ' ' : character))}
        sequence: {Checkpoint.Sequence}
        hash: {Convert.ToHexStringLower(Checkpoint.Hash)}
        at: {Checkpoint.At.UtcDateTime.ToString(Times, CultureInfo.InvariantCulture)}
        key: {Convert.ToHexStringLower(Checkpoint.KeyId)}
        public-key: {Convert.ToBase64String(PublicKey)}
        signature: {Convert.ToBase64String(Checkpoint.Signature)}

        """).ReplaceLineEndings("\n");

    /// <summary>Reads what <see cref="Write"/> wrote, also where a mail program added white space or lines around it.</summary>
    /// <exception cref="InvalidDataException">It is no checkpoint, or its own signature does not fit.</exception>
    internal static CheckpointFile Parse(string text, string file)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries);
        var fields = lines.SkipWhile(line => line != Title).Skip(1).Select(line => line.Split(": ", 2)).Where(parts => parts.Length == 2)
            .DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts[1]);
        try
        {
            var checkpoint = new SignedCheckpoint(
                long.Parse(fields["sequence"], NumberStyles.None, CultureInfo.InvariantCulture), Convert.FromHexString(fields["hash"]),
                DateTimeOffset.ParseExact(fields["at"], Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
                Convert.FromHexString(fields["key"]), Convert.FromBase64String(fields["signature"]));
            var read = new CheckpointFile(Guid.ParseExact(fields["organisation"], "D"), fields.GetValueOrDefault("name", ""), checkpoint, Convert.FromBase64String(fields["public-key"]));
            return new PublicKey(checkpoint.KeyId, read.PublicKey).Signed(new ChainFormat(read.Tenant), checkpoint)
                ? read
                : throw new InvalidDataException($"The signature of the checkpoint {file} is not that of its own key: the file was changed.");
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{file} is no checkpoint of Deskward, or it is damaged.");
        }
    }
}

/// <summary>A key as those see it who verify.</summary>
/// <param name="Id">Must be the SHA-256 of <paramref name="Info"/>, otherwise nothing is signed by it.</param>
/// <param name="Info">SubjectPublicKeyInfo in DER.</param>
internal sealed record PublicKey(byte[] Id, byte[] Info)
{
    /// <summary>Whether this key signed this checkpoint of this chain.</summary>
    internal bool Signed(ChainFormat format, SignedCheckpoint checkpoint)
    {
        if (!SHA256.HashData(Info).AsSpan().SequenceEqual(Id) || !checkpoint.KeyId.AsSpan().SequenceEqual(Id))
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Info, out _);
            return key.VerifyData(format.Statement(checkpoint.Sequence, checkpoint.Hash, checkpoint.At, checkpoint.KeyId), checkpoint.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
