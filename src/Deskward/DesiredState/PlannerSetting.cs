using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Deskward.Protocol.Csp;

namespace Deskward.DesiredState;

/// <summary>A setting of a document with the facts of its node, ready to be planned.</summary>
public sealed class PlannerSetting
{
    internal PlannerSetting(TargetSetting setting)
    {
        Setting = setting;
        Node = Catalogue.Default.Find(setting.Path);
        ValueHash = HashOf(setting.Format, setting.Value);
        for (var node = Node; node is not null && !IsDynamic; node = node.Parent)
        {
            IsDynamic = node.IsDynamic;
        }
    }

    internal TargetSetting Setting { get; }

    internal string Path => Setting.Path;

    /// <summary>Null when the catalogue does not know the path (a document made with another catalogue).</summary>
    internal CatalogueNode? Node { get; }

    /// <summary>Whether the node or one above it is named by somebody: it must be added before it can be replaced.</summary>
    internal bool IsDynamic { get; }

    /// <summary>The first eight bytes of a hash of format and value; a secret's value in a document is a keyed hash already.</summary>
    internal ulong ValueHash { get; }

    internal bool CanRead => Node?.CanRead == true && !Setting.IsSecret && Setting.Format != "node";

    /// <summary>Whether the PC can be asked, apart from what was written, for what is in force.</summary>
    internal bool HasResult => CanRead && EvidenceEntry.IsPolicy(Path);

    internal bool CanAdd => Node is null || Node.Verbs.HasFlag(NodeVerbs.Add);

    internal bool CanReplace => Node is null || Node.Verbs.HasFlag(NodeVerbs.Replace);

    internal bool CanDelete => Node?.CanDelete == true;

    internal static ulong HashOf(string format, string value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(format + "\0" + value), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}

/// <summary>A document prepared for planning; made once per document and node process, however many PCs share it.</summary>
public sealed class PlannerTarget
{
    private static readonly ConditionalWeakTable<TargetDocument, PlannerTarget> Prepared = [];
    private readonly Dictionary<string, PlannerSetting> _byPath;

    internal PlannerTarget(byte[] hash, IReadOnlyList<PlannerSetting> settings, IReadOnlyList<string> disputed)
    {
        (Hash, Settings, Disputed) = (hash, settings, disputed);
        _byPath = settings.ToDictionary(setting => setting.Path, StringComparer.Ordinal);
        Groups = settings.Where(setting => setting.Setting.AtomicGroup is not null).GroupBy(setting => setting.Setting.AtomicGroup!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<PlannerSetting>)[.. group], StringComparer.Ordinal);
        HasPlaceholders = settings.Any(Overlay.IsTemplate);
    }

    internal byte[] Hash { get; }

    internal IReadOnlyList<PlannerSetting> Settings { get; }

    internal IReadOnlyList<string> Disputed { get; }

    /// <summary>Whether a value differs from PC to PC.</summary>
    internal bool HasPlaceholders { get; }

    /// <summary>Settings that must be written together, by the path of their group.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<PlannerSetting>> Groups { get; }

    internal PlannerSetting? Find(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>Whether a setting is at the path or below it.</summary>
    internal bool HoldsBelow(string path) => Settings.Any(setting =>
        setting.Path.StartsWith(path, StringComparison.Ordinal) && (setting.Path.Length == path.Length || setting.Path[path.Length] == '/'));

    /// <summary>The document as every PC of its set has it; a PC's own overlay comes on top (<see cref="Overlay"/>).</summary>
    internal static PlannerTarget Of(TargetDocument document)
    {
        if (!Prepared.TryGetValue(document, out var target))
        {
            target = new PlannerTarget(document.Hash, [.. document.Settings.Select(setting => new PlannerSetting(setting))], document.Disputed);
            Prepared.AddOrUpdate(document, target);
        }

        return target;
    }
}
