using System.Security.Cryptography;

namespace Deskward.Fixture;

/// <summary>A few keys for all authorities of a run, in turns: to make one takes longer than most tests.</summary>
internal static class AuthorityKeys
{
    private static readonly Lazy<byte[]>[] s_keys = [.. Enumerable.Range(0, 12).Select(_ => new Lazy<byte[]>(Make))];
    private static int s_next;

    internal static RSA Next()
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(s_keys[(uint)Interlocked.Increment(ref s_next) % s_keys.Length].Value, out _);
        return key;
    }

    private static byte[] Make()
    {
        using var key = RSA.Create(3072);
        return key.ExportPkcs8PrivateKey();
    }
}
