using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Deskward.Protocol.Csp;

namespace Deskward.DesiredState;

/// <summary>How a list of settings is stored (compressed) and hashed (SHA-256 of a canonical form that compression does not touch).</summary>
internal static class SettingList
{
    private const byte FormatVersion = 1;

    [Flags]
    private enum Mark : byte
    {
        None = 0,
        Secret = 1,
        Overridable = 2,
    }

    /// <summary>Compresses the settings, in the given order.</summary>
    internal static byte[] Pack(IReadOnlyList<PolicySetting> settings)
    {
        var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        using (var writer = new BinaryWriter(brotli, Encoding.UTF8))
        {
            writer.Write(FormatVersion);
            writer.Write7BitEncodedInt(settings.Count);
            foreach (var setting in settings)
            {
                Write(writer, setting);
            }
        }

        return packed.ToArray();
    }

    /// <summary>The settings of <see cref="Pack"/>, in its order, with what today's catalogue says of them.</summary>
    internal static PolicySetting[] Unpack(byte[] packed, Catalogue catalogue)
    {
        using var reader = new BinaryReader(new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress), Encoding.UTF8);
        if (reader.ReadByte() is var version and not FormatVersion)
        {
            throw new InvalidDataException($"Settings of format {version} cannot be read.");
        }

        var settings = new PolicySetting[reader.Read7BitEncodedInt()];
        for (var at = 0; at < settings.Length; at++)
        {
            settings[at] = Read(reader, catalogue);
        }

        return settings;
    }

    /// <summary>SHA-256 over path, format, value and marks of each setting, each with its length in front.</summary>
    internal static byte[] Hash(IEnumerable<PolicySetting> settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var setting in settings)
        {
            Append(hash, setting.Path);
            Append(hash, setting.Format);
            Append(hash, setting.Value);
            hash.AppendData([(byte)MarksOf(setting)]);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Adds a text to a hash so that no two lists of texts feed it the same bytes.</summary>
    internal static void Append(IncrementalHash hash, string text)
    {
        Span<byte> small = stackalloc byte[512];
        var size = Encoding.UTF8.GetByteCount(text);
        var bytes = size + sizeof(int) <= small.Length ? small[..(size + sizeof(int))] : new byte[size + sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, size);
        Encoding.UTF8.GetBytes(text, bytes[sizeof(int)..]);
        hash.AppendData(bytes);
    }

    private static Mark MarksOf(PolicySetting setting) =>
        (setting.IsSecret ? Mark.Secret : Mark.None) | (setting.IsOverridable ? Mark.Overridable : Mark.None);

    private static void Write(BinaryWriter writer, PolicySetting setting)
    {
        writer.Write((byte)MarksOf(setting));
        writer.Write(setting.Path);
        writer.Write(setting.Format);
        writer.Write(setting.Value);
        if (setting.Wrapped is { } wrapped)
        {
            writer.Write7BitEncodedInt(wrapped.Length);
            writer.Write(wrapped);
        }
    }

    private static PolicySetting Read(BinaryReader reader, Catalogue catalogue)
    {
        var marks = (Mark)reader.ReadByte();
        var stored = reader.ReadString();
        var node = catalogue.Find(stored);

        // The catalogue's own string where there is one: most paths are fixed, and a fleet's policies name the same ones again and again.
        var path = node is { } && string.Equals(node.Path, stored, StringComparison.Ordinal) ? node.Path : catalogue.CanonicalPath(stored) ?? stored;
        var format = reader.ReadString();
        return new PolicySetting
        {
            Path = path,
            Format = node?.Format == format ? node.Format : format,
            Value = reader.ReadString(),
            Wrapped = marks.HasFlag(Mark.Secret) ? reader.ReadBytes(reader.Read7BitEncodedInt()) : null,
            IsOverridable = marks.HasFlag(Mark.Overridable),
            Node = node,
            AtomicGroup = node?.AtomicRoot is null ? null : catalogue.AtomicGroupOf(path),
        };
    }
}
