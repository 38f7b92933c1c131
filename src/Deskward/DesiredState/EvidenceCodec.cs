using Deskward.Platform.Storage;

namespace Deskward.DesiredState;

/// <summary>
/// Evidence as one compressed record: entries ordered by path, each sharing a prefix with the one before.
/// </summary>
public static class EvidenceCodec
{
    private const byte Version = 3;
    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static byte[] Write(Evidence evidence) => PackedRecord.Write(Version, writer =>
    {
        writer.Write(evidence.Facts);
        WriteInstant(writer, evidence.ReadingFrom);
        writer.Write(evidence.ReadsFirst);
        writer.Write7BitEncodedInt(evidence.Entries.Count);
        var before = "";
        foreach (var entry in Ordered(evidence.Entries))
        {
            WriteEntry(writer, entry, before);
            before = entry.Path;
        }
    });

    // They come out of a record in order, and mostly stay so.
    private static IEnumerable<EvidenceEntry> Ordered(IReadOnlyCollection<EvidenceEntry> entries)
    {
        var before = "";
        foreach (var entry in entries)
        {
            if (string.CompareOrdinal(before, entry.Path) > 0)
            {
                return entries.OrderBy(other => other.Path, StringComparer.Ordinal);
            }

            before = entry.Path;
        }

        return entries;
    }

    /// <summary>The evidence; null when the record is of an unknown version or damaged.</summary>
    internal static Evidence? Read(byte[]? record)
    {
        try
        {
            using var reader = PackedRecord.Read(Version, record);
            return reader is null ? null : ReadAll(reader);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static Evidence ReadAll(BinaryReader reader)
    {
        var evidence = new Evidence();
        evidence.Know(reader.ReadUInt64());
        evidence.ReadingFrom = ReadInstant(reader);
        evidence.ReadsFirst = reader.ReadBoolean();
        var before = "";
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            before = ReadEntry(reader, evidence, before);
        }

        return evidence;
    }

    private static void WriteEntry(BinaryWriter writer, EvidenceEntry entry, string before)
    {
        var shared = before.AsSpan().CommonPrefixLength(entry.Path);
        writer.Write7BitEncodedInt(shared);
        writer.Write(entry.Path[shared..]);
        writer.Write((byte)entry.Standing);
        var flags = Flags(entry);
        writer.Write((ushort)flags);
        writer.Write(entry.Value);
        WriteInstant(writer, entry.At);
        WriteInstant(writer, entry.ReadAt);
        if (flags.HasFlag(Has.Trouble))
        {
            writer.Write7BitEncodedInt(entry.Attempts);
            writer.Write7BitEncodedInt(entry.Status);
            writer.Write7BitEncodedInt(entry.Tries);
            writer.Write7BitEncodedInt(entry.Lost);
            WriteInstant(writer, entry.RetryAt);
        }

        if (entry.RepairedAt is not null)
        {
            WriteInstant(writer, entry.RepairedAt);
        }

        foreach (var text in (ReadOnlySpan<string?>)[entry.Detail, entry.Original, entry.InForce])
        {
            if (text is not null)
            {
                writer.Write(text);
            }
        }
    }

    private static string ReadEntry(BinaryReader reader, Evidence evidence, string before)
    {
        var path = string.Concat(before.AsSpan(0, reader.Read7BitEncodedInt()), reader.ReadString());
        var entry = evidence.Open(path);
        entry.Standing = (Standing)reader.ReadByte();
        var flags = (Has)reader.ReadUInt16();
        (entry.Exists, entry.CannotDelete) = (flags.HasFlag(Has.Exists), flags.HasFlag(Has.CannotDelete));
        (entry.OriginalRead, entry.IsLeaving, entry.ResultDue) = (flags.HasFlag(Has.OriginalRead), flags.HasFlag(Has.IsLeaving), flags.HasFlag(Has.ResultDue));
        entry.Value = reader.ReadUInt64();
        entry.At = ReadInstant(reader) ?? Epoch;
        entry.ReadAt = ReadInstant(reader);
        if (flags.HasFlag(Has.Trouble))
        {
            entry.Attempts = reader.Read7BitEncodedInt();
            entry.Status = reader.Read7BitEncodedInt();
            entry.Tries = reader.Read7BitEncodedInt();
            entry.Lost = reader.Read7BitEncodedInt();
            entry.RetryAt = ReadInstant(reader);
        }

        entry.RepairedAt = flags.HasFlag(Has.Repaired) ? ReadInstant(reader) : null;
        entry.Detail = flags.HasFlag(Has.Detail) ? reader.ReadString() : null;
        entry.Original = flags.HasFlag(Has.Original) ? reader.ReadString() : null;
        entry.InForce = flags.HasFlag(Has.InForce) ? reader.ReadString() : null;
        return path;
    }

    private static Has Flags(EvidenceEntry entry) =>
        (entry.Exists ? Has.Exists : 0) | (entry.CannotDelete ? Has.CannotDelete : 0) | (entry.OriginalRead ? Has.OriginalRead : 0)
        | (entry.Attempts != 0 || entry.Status != 0 || entry.Tries != 0 || entry.Lost != 0 || entry.RetryAt is not null ? Has.Trouble : 0)
        | (entry.IsLeaving ? Has.IsLeaving : 0) | (entry.Detail is null ? 0 : Has.Detail) | (entry.Original is null ? 0 : Has.Original)
        | (entry.InForce is null ? 0 : Has.InForce) | (entry.ResultDue ? Has.ResultDue : 0) | (entry.RepairedAt is null ? 0 : Has.Repaired);

    // Microseconds, so that an instant read back equals the one written; 0 is none.
    private static void WriteInstant(BinaryWriter writer, DateTimeOffset? instant) =>
        writer.Write7BitEncodedInt64(instant is { } at ? Math.Max(1, (at - Epoch).Ticks / TimeSpan.TicksPerMicrosecond) : 0);

    private static DateTimeOffset? ReadInstant(BinaryReader reader) =>
        reader.Read7BitEncodedInt64() is var microseconds and not 0 ? Epoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond) : null;

    [Flags]
    private enum Has : ushort
    {
        Exists = 1,
        CannotDelete = 2,
        OriginalRead = 4,
        Trouble = 8,
        Detail = 16,
        Original = 32,
        IsLeaving = 64,
        InForce = 128,
        ResultDue = 256,
        Repaired = 512,
    }
}
