using Deskward.Platform.Plans;
using Deskward.Platform.Storage;

namespace Deskward.DesiredState.Plans;

/// <summary>A plan as one compressed record. Secrets are not in it.</summary>
internal static class PlanContent
{
    private const byte Version = 2;

    internal static byte[] Write(DocumentPlan plan) => PackedRecord.Write(Version, writer =>
    {
        var flips = new Dictionary<PlannedFlip, int>(ReferenceEqualityComparer.Instance); // Many changes share a flip: it is written once.
        foreach (var flip in plan.Changes.SelectMany(change => change.Flips))
        {
            flips.TryAdd(flip, flips.Count);
        }

        writer.Write7BitEncodedInt(flips.Count);
        flips.Keys.ToList().ForEach(flip => Write(writer, flip));
        writer.Write7BitEncodedInt(plan.Changes.Count);
        foreach (var change in plan.Changes)
        {
            writer.Write7BitEncodedInt(change.Flips.Count);
            change.Flips.ToList().ForEach(flip => writer.Write7BitEncodedInt(flips[flip]));
            writer.Write7BitEncodedInt(change.Conflicts.Count);
            foreach (var conflict in change.Conflicts)
            {
                writer.Write(conflict.Path);
                writer.Write(conflict.Begins);
                writer.Write7BitEncodedInt(conflict.Between.Count);
                conflict.Between.ToList().ForEach(writer.Write);
            }
        }

        writer.Write7BitEncodedInt(plan.Sets.Count);
        foreach (var set in plan.Sets)
        {
            writer.Write(set.Set.ToByteArray());
            writer.Write7BitEncodedInt(set.Pcs);
            writer.Write7BitEncodedInt(set.Change);
            writer.Write((byte)(set.Target?.Length ?? 0));
            writer.Write(set.Target ?? []);
        }
    });

    /// <summary>The plan, without its digest; null when the record is of an unknown version or damaged.</summary>
    internal static DocumentPlan? Read(byte[] record)
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

    private static DocumentPlan ReadAll(BinaryReader reader)
    {
        var (known, changes) = (Many(reader, () => ReadFlip(reader)), new List<PlannedChange>());
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var flips = Many(reader, () => known[reader.Read7BitEncodedInt()]);
            changes.Add(new PlannedChange(flips, Many(reader, () => new PlannedConflict(reader.ReadString(), reader.ReadBoolean(), Many(reader, reader.ReadString)))));
        }

        var sets = Many(reader, () => new PlannedSet(new Guid(reader.ReadBytes(16)), reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt())
        {
            Target = reader.ReadByte() is var size and > 0 ? reader.ReadBytes(size) : null,
        });
        return sets.TrueForAll(set => set.Change < changes.Count) ? new DocumentPlan(sets, changes, "") : throw new InvalidDataException("A set names a change that is not there.");
    }

    private static List<T> Many<T>(BinaryReader reader, Func<T> read)
    {
        var all = new List<T>();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            all.Add(read());
        }

        return all;
    }

    private static void Write(BinaryWriter writer, PlannedFlip flip)
    {
        writer.Write(flip.Path);
        writer.Write((byte)Flags(flip));
        writer.Write((byte)flip.Restart);
        writer.Write((byte)flip.WayBack);
        writer.Write(flip.Mark);
        writer.Write(flip.RestartSource);
        writer.Write(flip.Before ?? "");
        writer.Write(flip.After ?? "");
    }

    private static PlannedFlip ReadFlip(BinaryReader reader)
    {
        var (path, has) = (reader.ReadString(), (Has)reader.ReadByte());
        var flip = new PlannedFlip
        {
            Path = path, WasSet = has.HasFlag(Has.Was), IsSet = has.HasFlag(Has.Is), WasSecret = has.HasFlag(Has.WasSecret), IsSecret = has.HasFlag(Has.IsSecret),
            IsWithheld = has.HasFlag(Has.Withheld), Restart = (RestartNeed)reader.ReadByte(), WayBack = (WayBack)reader.ReadByte(), Mark = reader.ReadUInt64(), RestartSource = reader.ReadString(),
        };
        var (before, after) = (reader.ReadString(), reader.ReadString());
        return flip with { Before = flip is { WasSet: true, WasSecret: false } ? before : null, After = flip is { IsSet: true, IsSecret: false } ? after : null };
    }

    private static Has Flags(PlannedFlip flip) => (flip.WasSet ? Has.Was : 0) | (flip.IsSet ? Has.Is : 0) | (flip.WasSecret ? Has.WasSecret : 0) | (flip.IsSecret ? Has.IsSecret : 0) | (flip.IsWithheld ? Has.Withheld : 0);

    [Flags]
    private enum Has : byte
    {
        Was = 1,
        Is = 2,
        WasSecret = 4,
        IsSecret = 8,
        Withheld = 16,
    }
}
