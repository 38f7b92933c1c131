using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Deskward.Audit;

/// <summary>
/// The one way in which anything is written before it is hashed or signed: a label that names what it is and its version, then the fields in order, each
/// with its length in front (4 bytes, big-endian; all ones for null). So no two different lists of fields have the same bytes. Not for several threads.
/// </summary>
internal sealed class CanonicalBytes
{
    private byte[] _bytes = new byte[2048];
    private int _length;

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Forgets what was written before.</summary>
    internal CanonicalBytes Begin(string label)
    {
        _length = 0;
        return Text(label);
    }

    /// <summary>UTF-8.</summary>
    internal CanonicalBytes Text(string? text)
    {
        if (text is null)
        {
            return Null();
        }

        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Reserve(sizeof(int) + most);
        var written = Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length + sizeof(int)));
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_length), written);
        _length += sizeof(int) + written;
        return this;
    }

    internal CanonicalBytes Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Next(bytes.Length));
        return this;
    }

    /// <summary>16 bytes in the order in which the id is read.</summary>
    internal CanonicalBytes Id(Guid? id)
    {
        if (id is not { } known)
        {
            return Null();
        }

        known.TryWriteBytes(Next(16), bigEndian: true, out _);
        return this;
    }

    /// <summary>8 bytes, big-endian, two's complement.</summary>
    internal CanonicalBytes Number(long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(Next(sizeof(long)), number);
        return this;
    }

    /// <summary>Microseconds since 1970 as a number.</summary>
    internal CanonicalBytes Instant(DateTimeOffset at) => Number((at.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond);

    internal byte[] Hash() => SHA256.HashData(Written);

    private CanonicalBytes Null()
    {
        Reserve(sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_length), -1);
        _length += sizeof(int);
        return this;
    }

    private Span<byte> Next(int length)
    {
        Reserve(sizeof(int) + length);
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_length), length);
        _length += sizeof(int) + length;
        return _bytes.AsSpan(_length - length, length);
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - _length < more)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
        }
    }
}
