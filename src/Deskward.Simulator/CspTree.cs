using Deskward.Protocol.Csp;
using Deskward.Protocol.SyncMl;

namespace Deskward.Simulator;

/// <summary>
/// The settings tree of a PC: what may be read, written and executed follows from the CSP catalogue, the PC's build and edition, and who is
/// signed in. Answers with the statuses of Windows (MS-MDM 2.2.5; docs/protocol-choices.md says which of them are assumed).
/// </summary>
public sealed class CspTree
{
    private const string ManagementWins = "./Device/Vendor/MSFT/Policy/Config/ControlPolicyConflict/MDMWinsOverGP";

    private readonly Catalogue _catalogue;
    private readonly PcFacts _facts;
    private readonly SettingStore _store = new();
    private readonly OsBuild _build;
    private readonly int _edition;

    internal CspTree(PcIdentity identity, TimeProvider time, Catalogue? catalogue = null)
    {
        _catalogue = catalogue ?? Catalogue.Default;
        _facts = new PcFacts(identity, time);
        _build = OsBuild.Parse(identity.OsVersion);
        _edition = identity.Edition;
        Actions = new CspActions(this, time);
    }

    /// <summary>Everything that was written, by canonical path; interior nodes that were added are left out.</summary>
    public IEnumerable<KeyValuePair<string, string>> Settings => _store.Values.Where(pair => pair.Value != SettingStore.Interior);

    internal SettingStore Store => _store;

    /// <summary>What others have put in force, by canonical path of the policy.</summary>
    internal Dictionary<string, string> GroupPolicy { get; } = new(StringComparer.OrdinalIgnoreCase);

    internal PcFacts Facts => _facts;

    internal CspActions Actions { get; }

    internal LoginStatus Login { get; set; } = LoginStatus.None;

    /// <summary>What a Get of this leaf would answer, whoever is signed in; null when it would be refused.</summary>
    public string? Read(string path) => Resolve(path) is { } at ? Value(at) : null;

    /// <summary>Changes a value behind the back of the management, as a local administrator might (drift); null removes it.</summary>
    public void SetLocally(string path, string? value)
    {
        var key = Resolve(path)?.Key ?? path;
        if (value is null)
        {
            _store.Remove(key);
        }
        else
        {
            _store.Write(key, value);
        }
    }

    /// <summary>
    /// Puts a value of Group Policy, or of another management, in force over what is written to a policy; null takes it away. What was written stands, and
    /// Policy/Result tells what is in force. Where ControlPolicyConflict/MDMWinsOverGP is 1, what management has written wins.
    /// </summary>
    public void SetByGroupPolicy(string path, string? value)
    {
        var key = Resolve(path)?.Key ?? path;
        _ = value is null ? GroupPolicy.Remove(key) : (GroupPolicy[key] = value) is not null;
    }

    /// <summary>What Windows does with an ordered name when it starts.</summary>
    internal void TakeOrderedName()
    {
        if (_store.Read(PcFacts.OrderedName) is { } name)
        {
            _store.Write(PcFacts.Name, name);
        }
    }

    internal CspAnswer Run(CspCommand command)
    {
        if (PathRules.Fault(command.Path) is { } fault)
        {
            return new CspAnswer(404) { Broken = fault };
        }
        if (command.Path.Contains('?', StringComparison.Ordinal))
        {
            return new CspAnswer(406);
        }
        if (Resolve(command.Path) is not { } at || !at.Node.AppliesTo(_build, _edition))
        {
            return new CspAnswer(404);
        }
        if (at.Node.Scope == NodeScope.User && Login != LoginStatus.User)
        {
            return new CspAnswer(command.Verb == SyncVerb.Get ? 404 : 500);
        }
        return at.IsResult && command.Verb != SyncVerb.Get || !at.Node.Verbs.HasFlag(FlagOf(command.Verb))
            ? new CspAnswer(405)
            : Perform(command, at);
    }

    private CspAnswer Perform(CspCommand command, CspPlace at) => command.Verb switch
    {
        SyncVerb.Get => Get(at),
        SyncVerb.Add => Add(command, at),
        SyncVerb.Replace => Replace(command, at),
        SyncVerb.Delete => _store.Remove(at.Key) ? new CspAnswer(200) : new CspAnswer(404),
        _ => Exec(command, at),
    };

    private CspAnswer Get(CspPlace at)
    {
        if (at.Node.Format == "node")
        {
            var names = _store.ChildrenOf(at.Key).Concat(_facts.ChildrenOf(at.Key)).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal);
            return Exists(at) ? new CspAnswer(200, string.Join('/', names), "node") : new CspAnswer(404);
        }
        return Value(at) is { } value ? new CspAnswer(200, value, at.Node.Format) : new CspAnswer(404);
    }

    private CspAnswer Add(CspCommand command, CspPlace at)
    {
        if (_store.Has(at.Key) || _facts.Value(at.Key) is not null)
        {
            return new CspAnswer(418);
        }
        if (at.Node.Format == "node")
        {
            return command.Meta?.Format is { } format && format != "node" ? new CspAnswer(415) : Write(command, at, SettingStore.Interior);
        }
        return Refusal(command, at) ?? Write(command, at, command.Data ?? "");
    }

    private CspAnswer Replace(CspCommand command, CspPlace at)
    {
        if (!MayReplace(at))
        {
            return new CspAnswer(404);
        }
        return at.Node.Format == "node" ? new CspAnswer(200) : Refusal(command, at) ?? Write(command, at, command.Data ?? "");
    }

    // The Policy CSP creates a leaf on Replace. Elsewhere a Replace needs the node, or one that is always there; what hangs below a dynamic
    // node and can be added must have been added (MS-MDM: Replace of a missing node is an error).
    private bool MayReplace(CspPlace at)
    {
        if (_store.Has(at.Key) || _facts.Value(at.Key) is not null)
        {
            return true;
        }
        var dynamic = at.DynamicKeys().ToList();
        return dynamic.Count == 0
            || (!at.Node.IsDynamic && !at.Node.Verbs.HasFlag(NodeVerbs.Add) && dynamic.TrueForAll(key => _store.Has(key) || _facts.ChildrenOf(key).Any()));
    }

    private CspAnswer Write(CspCommand command, CspPlace at, string value)
    {
        if (!command.InAtomic && _catalogue.AtomicGroupOf(at.Key) is { } group)
        {
            return new CspAnswer(500) { Broken = $"{group} must be written in an Atomic" };
        }
        foreach (var key in at.DynamicKeys().Where(key => key != at.Key && !_store.Has(key)))
        {
            _store.Write(key, SettingStore.Interior);
        }
        _store.Write(at.Key, value);
        return new CspAnswer(200);
    }

    private CspAnswer? Refusal(CspCommand command, CspPlace at)
    {
        var format = command.Meta?.Format;
        if (format is null && at.Node.Format is "int" or "bool")
        {
            return new CspAnswer(415) { Broken = $"{at.Node.Format} without Format" };
        }
        return _catalogue.Check(at.Key, format, command.Data ?? "") switch
        {
            CheckedSetting right => IsSpeltRight(right, command.Data) ? null : new CspAnswer(400),
            SettingRefusal wrong => new CspAnswer(StatusOf(wrong.Reason)),
            _ => null,
        };
    }

    // The check forgives a setting in a file; a PC does not forgive TRUE or quotes on the wire.
    private static bool IsSpeltRight(CheckedSetting right, string? data) =>
        (right.Changes & SettingChanges.Quotes) == 0 && ((right.Changes & SettingChanges.Boolean) == 0 || data is "true" or "false");

    private static int StatusOf(RefusalReason reason) => reason switch
    {
        RefusalReason.UnknownPath or RefusalReason.PlaceholderInPath => 404,
        RefusalReason.ReadOnly or RefusalReason.Action or RefusalReason.NotASetting => 405,
        RefusalReason.WrongFormat => 415,
        RefusalReason.WrongType or RefusalReason.NameNotAllowed or RefusalReason.NoValueExpected => 400,
        RefusalReason.TooLong => 413,
        _ => 500,
    };

    private CspAnswer Exec(CspCommand command, CspPlace at) => at.DynamicKeys().Any(key => !_store.Has(key))
        ? new CspAnswer(404)
        : new CspAnswer(Actions.Run(at.Key, command.Data));

    private string? Value(CspPlace at) => (at.IsResult ? Overruling(at.Key) : null)
        ?? _store.Read(at.Key)
        ?? _facts.Value(at.Key)
        ?? (at.IsResult || !IsPolicy(at.Key) && Exists(at) ? at.Node.DefaultValue : null);

    private string? Overruling(string key) => GroupPolicy.GetValueOrDefault(key) is { } value && !(_store.Has(key) && _store.Read(ManagementWins) == "1") ? value : null;

    private bool Exists(CspPlace at) => at.DynamicKeys().All(key => _store.Has(key) || _facts.ChildrenOf(key).Any());

    private static bool IsPolicy(string key) => key.Contains("/Policy/Config/", StringComparison.OrdinalIgnoreCase);

    private CspPlace? Resolve(string path)
    {
        const string result = "/Policy/Result/";
        var isResult = path.Contains(result, StringComparison.OrdinalIgnoreCase);
        var asked = isResult ? path.Replace(result, "/Policy/Config/", StringComparison.OrdinalIgnoreCase) : path;
        return _catalogue.Find(asked) is { } node && (HasDynamic(node) ? _catalogue.CanonicalPath(asked) : node.Path) is { } key
            ? new CspPlace(node, key, isResult)
            : null;
    }

    private static bool HasDynamic(CatalogueNode? node)
    {
        while (node is { IsDynamic: false })
        {
            node = node.Parent;
        }
        return node is not null;
    }

    private static NodeVerbs FlagOf(SyncVerb verb) => verb switch
    {
        SyncVerb.Add => NodeVerbs.Add,
        SyncVerb.Replace => NodeVerbs.Replace,
        SyncVerb.Delete => NodeVerbs.Delete,
        SyncVerb.Get => NodeVerbs.Get,
        _ => NodeVerbs.Exec,
    };
}

/// <summary>A node of the catalogue at its concrete path.</summary>
/// <param name="Node">Its facts.</param>
/// <param name="Key">Canonical path, names in the place of placeholders.</param>
/// <param name="IsResult">Asked for under Policy/Result.</param>
internal readonly record struct CspPlace(CatalogueNode Node, string Key, bool IsResult)
{
    /// <summary>The concrete paths of all dynamic nodes from here upwards, this one included.</summary>
    public IEnumerable<string> DynamicKeys()
    {
        var key = Key;
        for (var node = Node; node?.Parent is not null; node = node.Parent)
        {
            if (node.IsDynamic)
            {
                yield return key;
            }
            var slash = key.LastIndexOf('/');
            if (slash <= 0)
            {
                yield break;
            }
            key = key[..slash];
        }
    }
}
