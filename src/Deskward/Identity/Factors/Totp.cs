using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Deskward.Identity.Factors;

/// <summary>Codes of an authenticator app: RFC 6238 with what every app understands (HMAC-SHA-1, 30 seconds, six digits).</summary>
internal static class Totp
{
    internal const int SecretSize = 20;
    internal const int Digits = 6;

    /// <summary>How long a code is shown.</summary>
    internal static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    /// <summary>Steps before and after the present one that are accepted as well: clocks differ, and people type.</summary>
    internal const int Drift = 1;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    internal static long StepAt(DateTimeOffset at) => at.ToUnixTimeSeconds() / (long)Step.TotalSeconds;

    /// <summary>The code of a step (RFC 4226, 5.3).</summary>
    internal static string Code(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        Span<byte> hash = stackalloc byte[20];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238 as apps implement it; the secret is random and HMAC-SHA-1 is not broken.
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 15)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code this is, of those that are accepted now; null when it is of none. Takes the same time for each.</summary>
    internal static long? Match(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        long? found = null;
        var typed = System.Text.Encoding.UTF8.GetBytes(code);
        for (var step = StepAt(now) - Drift; step <= StepAt(now) + Drift; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(typed, System.Text.Encoding.UTF8.GetBytes(Code(secret, step))))
            {
                found = step;
            }
        }

        return found;
    }

    /// <summary>The secret as apps take it: base32 without padding (RFC 4648).</summary>
    internal static string ToBase32(ReadOnlySpan<byte> bytes)
    {
        var text = new System.Text.StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var one in bytes)
        {
            (buffer, bits) = ((buffer << 8 | one) & 0xFFFF, bits + 8);
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Alphabet[buffer >> bits & 31]);
            }
        }

        return bits == 0 ? text.ToString() : text.Append(Alphabet[buffer << (5 - bits) & 31]).ToString();
    }

    /// <summary>Reads what <see cref="ToBase32"/> wrote.</summary>
    /// <exception cref="FormatException">A letter is not of base32.</exception>
    internal static byte[] FromBase32(string text)
    {
        List<byte> bytes = [];
        var (buffer, bits) = (0, 0);
        foreach (var letter in text)
        {
            var value = Alphabet.IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal);
            (buffer, bits) = (value < 0 ? throw new FormatException("This is no base32.") : (buffer << 5 | value) & 0xFFFF, bits + 5);
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(buffer >> bits));
            }
        }

        return [.. bytes];
    }
}
