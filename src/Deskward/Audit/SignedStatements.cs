using System.Security.Cryptography;
using System.Text;
using Deskward.Platform;

namespace Deskward.Audit;

/// <summary>Signs what an organisation states with the key of its audit: a text whose last three lines are key, public key and signature.</summary>
public sealed class SignedStatements
{
    private const string Purpose = "deskward-statement-1\n";
    private const string KeyLine = "key: ";
    private const string PublicKeyLine = "public-key: ";
    private const string SignatureLine = "signature: ";
    private readonly SigningKeys _keys;

    internal SignedStatements(SigningKeys keys) => _keys = keys;

    /// <summary>Signs in the caller's transaction; the organisation must be open.</summary>
    /// <param name="db">A context with a transaction.</param>
    /// <param name="tenant">Who states it.</param>
    /// <param name="text">What; ends in a line feed.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<string> SignAsync(DeskwardContext db, Guid tenant, string text, CancellationToken cancellationToken)
    {
        await db.LockAsync(Sealer.LockName(tenant), cancellationToken);
        var (row, key) = await _keys.ForAsync(db, tenant, cancellationToken);
        using (key)
        {
            var signature = key.SignData(Encoding.UTF8.GetBytes(Purpose + text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            return $"{text}{KeyLine}{Convert.ToHexStringLower(row.Id)}\n{PublicKeyLine}{Convert.ToBase64String(row.PublicKey)}\n{SignatureLine}{Convert.ToBase64String(signature)}\n";
        }
    }

    /// <summary>The id of the key that signed exactly this text, in hexadecimal; null when the text was changed or never was signed.</summary>
    public static string? SignerOf(string statement)
    {
        var text = statement.ReplaceLineEndings("\n");
        var end = text.LastIndexOf('\n' + KeyLine, StringComparison.Ordinal) + 1;
        var lines = text[end..].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (end == 0 || lines is not [_, var info, var proof] || !info.StartsWith(PublicKeyLine, StringComparison.Ordinal) || !proof.StartsWith(SignatureLine, StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            var (id, publicKey) = (lines[0][KeyLine.Length..], Convert.FromBase64String(info[PublicKeyLine.Length..]));
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return Convert.ToHexStringLower(SHA256.HashData(publicKey)) == id
                && key.VerifyData(Encoding.UTF8.GetBytes(Purpose + text[..end]), Convert.FromBase64String(proof[SignatureLine.Length..]), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence) ? id : null;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return null;
        }
    }
}
