using System.Security.Cryptography;

namespace Deskward.Platform;

/// <summary>
/// The key outside the database that wraps every secret inside it: AES-256-GCM, one 32-byte key per line of the key file as base64, the first
/// one wraps, all unwrap (so a key is rotated by putting a new line on top). The file has mode 0600 and is the same on all nodes.
/// </summary>
public sealed class ServiceKey
{
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int IdSize = 4;
    private readonly byte[][] _keys;

    private ServiceKey(byte[][] keys) => _keys = keys;

    /// <summary>Reads the key file; makes it, with a new key, when <paramref name="create"/> is set and it is absent.</summary>
    /// <exception cref="InvalidDataException">The file is absent, open to others, or holds something else than keys.</exception>
    public static ServiceKey Load(string file, bool create)
    {
        if (!File.Exists(file) && create)
        {
            Create(file);
        }

        if (!File.Exists(file))
        {
            throw new InvalidDataException($"The service key {file} does not exist. Restore it from where you keep it; without it the secrets in the database cannot be read.");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
        {
            throw new InvalidDataException($"The service key {file} can be read or written by others. Set its mode to 0600.");
        }

        return Parse(File.ReadAllLines(file), file);
    }

    /// <summary>Encrypts <paramref name="secret"/>; <paramref name="purpose"/> must be given again to read it.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> secret, string purpose)
    {
        var wrapped = new byte[IdSize + NonceSize + secret.Length + TagSize];
        Id(_keys[0]).CopyTo(wrapped, 0);
        var nonce = wrapped.AsSpan(IdSize, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_keys[0], TagSize);
        aes.Encrypt(nonce, secret, wrapped.AsSpan(IdSize + NonceSize, secret.Length), wrapped.AsSpan(^TagSize..), System.Text.Encoding.UTF8.GetBytes(purpose));
        return wrapped;
    }

    /// <summary>Decrypts what <see cref="Wrap"/> made for the same purpose.</summary>
    /// <exception cref="CryptographicException">Another key, another purpose, or damaged.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, string purpose)
    {
        if (wrapped.Length < IdSize + NonceSize + TagSize)
        {
            throw new CryptographicException("The wrapped secret is too short.");
        }

        var id = wrapped[..IdSize].ToArray();
        var key = _keys.FirstOrDefault(candidate => Id(candidate).AsSpan().SequenceEqual(id))
            ?? throw new CryptographicException("The secret was wrapped by a service key that is not in the key file.");
        var secret = new byte[wrapped.Length - IdSize - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(wrapped.Slice(IdSize, NonceSize), wrapped[(IdSize + NonceSize)..^TagSize], wrapped[^TagSize..], secret, System.Text.Encoding.UTF8.GetBytes(purpose));
        return secret;
    }

    /// <summary>A keyed hash (HMAC-SHA-256) for values that must be compared but not revealed.</summary>
    public byte[] Hash(ReadOnlySpan<byte> value, string purpose)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, _keys[^1], KeySize, info: System.Text.Encoding.UTF8.GetBytes(purpose));
        return HMACSHA256.HashData(key, value);
    }

    private static void Create(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(file, options);
        writer.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeySize)));
    }

    private static ServiceKey Parse(string[] lines, string file)
    {
        var keys = lines.Where(line => line.Trim().Length > 0).Select(line => ParseKey(line, file)).ToArray();
        return keys.Length > 0 ? new ServiceKey(keys) : throw new InvalidDataException($"The service key {file} is empty.");
    }

    private static byte[] ParseKey(string line, string file)
    {
        var key = new byte[KeySize + 1];
        return Convert.TryFromBase64String(line.Trim(), key, out var length) && length == KeySize
            ? key[..KeySize]
            : throw new InvalidDataException($"The service key {file} must hold one base64 key of 32 bytes per line.");
    }

    private static byte[] Id(byte[] key) => SHA256.HashData(key)[..IdSize];
}
