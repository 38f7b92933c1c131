using System.IO.Compression;
using System.Text;

namespace Deskward.DesiredState;

/// <summary>
/// How a document is stored: the assigned versions it is made of, which setting of which, and the disputed paths. Versions never change and are
/// never deleted, so the values need not be stored again.
/// </summary>
/// <param name="Sources">The assigned versions.</param>
/// <param name="Picks">For each setting, in the document's order: which source, and which of its settings.</param>
/// <param name="Disputed">Paths in conflict and not sent.</param>
internal sealed record DocumentContent(IReadOnlyList<AssignedVersion> Sources, IReadOnlyList<(int Source, int Setting)> Picks, IReadOnlyList<string> Disputed)
{
    private const byte FormatVersion = 1;

    internal static DocumentContent Of(CompiledDocument compiled)
    {
        var places = new Dictionary<AssignedSettings, int>();
        var picks = new List<(int Source, int Setting)>(compiled.Sources.Count);
        foreach (var wish in compiled.Sources)
        {
            if (!places.TryGetValue(wish.From, out var place))
            {
                places[wish.From] = place = places.Count;
            }

            picks.Add((place, wish.Index));
        }

        var sources = places.OrderBy(place => place.Value).Select(place => new AssignedVersion(place.Key.AssignmentId, place.Key.VersionId, place.Key.Layer));
        return new DocumentContent([.. sources], picks, compiled.Document.Disputed);
    }

    internal byte[] Pack()
    {
        var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var writer = new BinaryWriter(brotli, Encoding.UTF8))
        {
            writer.Write(FormatVersion);
            writer.Write7BitEncodedInt(Sources.Count);
            foreach (var source in Sources)
            {
                writer.Write(source.AssignmentId.ToByteArray());
                writer.Write(source.VersionId.ToByteArray());
                writer.Write((byte)source.Layer);
            }

            writer.Write7BitEncodedInt(Picks.Count);
            foreach (var (source, setting) in Picks)
            {
                writer.Write7BitEncodedInt(source);
                writer.Write7BitEncodedInt(setting);
            }

            writer.Write7BitEncodedInt(Disputed.Count);
            foreach (var path in Disputed)
            {
                writer.Write(path);
            }
        }

        return packed.ToArray();
    }

    internal static DocumentContent Unpack(byte[] packed)
    {
        using var reader = new BinaryReader(new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress), Encoding.UTF8);
        if (reader.ReadByte() is var version and not FormatVersion)
        {
            throw new InvalidDataException($"A document of format {version} cannot be read.");
        }

        var sources = new AssignedVersion[reader.Read7BitEncodedInt()];
        for (var at = 0; at < sources.Length; at++)
        {
            sources[at] = new AssignedVersion(new Guid(reader.ReadBytes(16)), new Guid(reader.ReadBytes(16)), (Layer)reader.ReadByte());
        }

        var picks = new (int, int)[reader.Read7BitEncodedInt()];
        for (var at = 0; at < picks.Length; at++)
        {
            picks[at] = (reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt());
        }

        var disputed = new string[reader.Read7BitEncodedInt()];
        for (var at = 0; at < disputed.Length; at++)
        {
            disputed[at] = reader.ReadString();
        }

        return new DocumentContent(sources, picks, disputed);
    }

    /// <summary>The document again; null when a version it is made of is gone.</summary>
    internal TargetDocument? ToDocument(byte[] hash, IReadOnlyList<AssignedSettings> sources) => sources.Count < Sources.Count
        ? null
        : new TargetDocument(hash, [.. Picks.Select(pick => sources[pick.Source].Targets[pick.Setting])], Disputed);
}
