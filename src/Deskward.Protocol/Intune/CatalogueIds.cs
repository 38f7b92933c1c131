using Deskward.Protocol.Csp;

namespace Deskward.Protocol.Intune;

/// <summary>
/// Identifiers of the settings catalogue: the path of the node in lower case, with underlines for slashes. Which underline is a slash only the
/// CSP catalogue tells.
/// </summary>
internal sealed class CatalogueIds
{
    private static readonly Lazy<CatalogueIds> Embedded = new(() => new CatalogueIds(Catalogue.Default));

    // Identifiers that are not the path of their node.
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["device_vendor_msft_laps_policies_passwordagedays_aad"] = "device_vendor_msft_laps_policies_passwordagedays",
        ["device_vendor_msft_firewall_mdmstore_firewallrules_{firewallrulename}_displayname"] = "device_vendor_msft_firewall_mdmstore_firewallrules_{firewallrulename}_name",
    };

    private readonly Dictionary<string, CatalogueNode> _nodes = new(StringComparer.Ordinal);

    private CatalogueIds(Catalogue catalogue)
    {
        foreach (var node in catalogue.Nodes)
        {
            var id = Normal(node.Path[2..].ToLowerInvariant().Replace('/', '_'));
            if (!_nodes.TryGetValue(id, out var there) || there.Format == "node")
            {
                _nodes[id] = node;
            }
        }
    }

    public static CatalogueIds Default => Embedded.Value;

    /// <summary>The node; null when the catalogue has none of that identifier.</summary>
    /// <param name="id">In lower case.</param>
    public CatalogueNode? Find(string id)
    {
        var normal = Normal(id);
        return _nodes.GetValueOrDefault(Others.GetValueOrDefault(normal) ?? normal);
    }

    /// <summary>Whether it is the identifier of a policy of an ingested template; then with what stands before and behind <c>~policy~</c>.</summary>
    public static bool IsOfTemplate(string id, out bool ofUser, out string app, out string key)
    {
        const string Config = "_vendor_msft_policy_config_";
        var at = id.IndexOf(Config, StringComparison.Ordinal);
        var rest = at < 0 ? "" : id[(at + Config.Length)..];
        var mark = rest.IndexOf("~policy~", StringComparison.Ordinal);
        ofUser = id.StartsWith("user_", StringComparison.Ordinal);
        (app, key) = mark <= 0 ? ("", "") : (rest[..mark], rest[(mark + 8)..]);
        return mark > 0;
    }

    private static string Normal(string id) => id.StartsWith("vendor_", StringComparison.Ordinal) ? "device_" + id : id;
}
