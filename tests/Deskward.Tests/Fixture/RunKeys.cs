using System.Security.Cryptography;

namespace Deskward.Fixture;

/// <summary>A few RSA keys for all of a run, in turns: to make one takes longer than most tests.</summary>
internal sealed class RunKeys(int count, int bits)
{
    /// <summary>Of authorities.</summary>
    internal static readonly RunKeys Authorities = new(6, 3072);

    /// <summary>Of PCs: many of them have the same key, but never one PC twice in a row.</summary>
    internal static readonly RunKeys Pcs = new(32, 2048);

    private readonly Lazy<byte[]>[] _keys = [.. Enumerable.Range(0, count).Select(_ => new Lazy<byte[]>(() => Make(bits)))];
    private int _next;

    internal RSA Next()
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(_keys[(uint)Interlocked.Increment(ref _next) % _keys.Length].Value, out _);
        return key;
    }

    private static byte[] Make(int bits)
    {
        using var key = RSA.Create(bits);
        return key.ExportPkcs8PrivateKey();
    }
}
