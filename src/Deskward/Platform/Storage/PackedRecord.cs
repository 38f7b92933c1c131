using System.Text;
using K4os.Compression.LZ4;

namespace Deskward.Platform.Storage;

/// <summary>A record of the service's own: a version byte, then LZ4 over what a binary writer wrote.</summary>
internal static class PackedRecord
{
    private const int Usual = 32 * 1024;

    internal static byte[] Write(byte version, Action<BinaryWriter> write)
    {
        using var plain = new MemoryStream(Usual);
        using var writer = new BinaryWriter(plain, Encoding.UTF8);
        write(writer);
        return [version, .. Pack(plain.GetBuffer().AsSpan(0, (int)plain.Length))];
    }

    /// <summary>What was written; null for nothing, or a record of another version.</summary>
    /// <exception cref="InvalidDataException">The record is damaged.</exception>
    internal static BinaryReader? Read(byte version, byte[]? record) =>
        record is { Length: > 1 } && record[0] == version ? new BinaryReader(new MemoryStream(Unpack(record.AsSpan(1))), Encoding.UTF8) : null;

    internal static byte[] Pack(ReadOnlySpan<byte> plain) => LZ4Pickler.Pickle(plain);

    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    internal static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        try
        {
            return LZ4Pickler.Unpickle(packed);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("The record is damaged.", exception);
        }
    }
}
