using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Deskward.Simulator;

/// <summary>
/// The RSA-2048 keys of virtual PCs. Making one costs more than a whole enrolment, so a folder keeps them: a fleet that is made again from
/// the same seeds finds its keys. They protect nothing but virtual PCs.
/// </summary>
/// <param name="folder">Where keys are kept; null: in memory only.</param>
/// <param name="make">Where a new key comes from; null: it is made.</param>
public sealed class KeyStore(string? folder = null, Func<RSA>? make = null)
{
    private readonly ConcurrentDictionary<string, byte[]> _made = new(StringComparer.Ordinal);

    /// <summary>The key of that name: the stored one, else a new one, which is then stored.</summary>
    public RSA Get(string name)
    {
        var bytes = _made.TryGetValue(name, out var known) ? known : _made.GetOrAdd(name, Read(name) ?? Make(name));
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(bytes, out _);
        return key;
    }

    /// <summary>PKCS#8 of a key that is there.</summary>
    internal byte[] Export(string name) => _made.TryGetValue(name, out var bytes) ? bytes : Read(name) ?? throw new KeyNotFoundException(name);

    /// <summary>Takes over a key that was saved elsewhere.</summary>
    internal void Import(string name, byte[] pkcs8) => _made.TryAdd(name, pkcs8);

    /// <summary>Drops a key that is never needed again.</summary>
    public void Forget(string name)
    {
        _made.TryRemove(name, out _);
        if (folder is not null)
        {
            File.Delete(PathOf(name));
        }
    }

    private byte[]? Read(string name) => folder is not null && File.Exists(PathOf(name)) ? File.ReadAllBytes(PathOf(name)) : null;

    private byte[] Make(string name)
    {
        using var key = make?.Invoke() ?? RSA.Create(2048);
        var bytes = key.ExportPkcs8PrivateKey();
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Write(PathOf(name), bytes);
        }
        return bytes;
    }

    private string PathOf(string name) => Path.Combine(folder!, name + ".p8");
}
