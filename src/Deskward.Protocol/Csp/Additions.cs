using System.Globalization;

namespace Deskward.Protocol.Csp;

/// <summary>
/// Reads the hand-written facts: one node per line, two spaces of indent per level, then format, verbs (letters A D X G R) and
/// optional <c>key=value</c> facts: occurs, naming, default, values (a|b), range, flags (a|b), kind, builds (a,b). A line that starts
/// with <c>./</c> opens a tree. A line that starts with <c>!</c> corrects a node that is there already: its path, then facts; besides those
/// above, <c>delimiter</c>, <c>pattern</c> and <c>roots</c>. <c>#</c> starts a comment.
/// </summary>
internal static class Additions
{
    public static void Read(TextReader input, TreeNode root)
    {
        var open = new List<TreeNode>();
        var number = 0;
        while (input.ReadLine() is { } line)
        {
            number++;
            if (line.StartsWith('!'))
            {
                Correct(line[1..], root, number);
            }
            else if (line.Trim() is { Length: > 0 } text && text[0] != '#')
            {
                var level = (line.Length - line.TrimStart(' ').Length) / 2;
                if (level > open.Count || (level == 0) != text.StartsWith("./", StringComparison.Ordinal))
                {
                    throw new ProtocolException($"additions.txt, line {number}: the indent fits no node above.");
                }
                open.RemoveRange(level, open.Count - level);
                open.Add(ReadNode(text, level == 0 ? root : open[^1], number));
            }
        }
    }

    private static TreeNode ReadNode(string text, TreeNode parent, int line)
    {
        // A placeholder may hold spaces; everything else is one word.
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3)
        {
            throw new ProtocolException($"additions.txt, line {line}: a node has a name, a format and verbs.");
        }
        var isShort = false;
        var node = words[0].StartsWith("./", StringComparison.Ordinal) ? parent.PlaceAt(words[0], out isShort) : parent.ChildNamed(words[0]);
        node.IsShortRoot = isShort;
        node.IsDescribed = true;
        node.Format = words[1];
        node.Verbs = words[2].Aggregate(NodeVerbs.None, (all, letter) => all | VerbOf(letter, line));
        node.Occurrence = node.Name.StartsWith('{') ? NodeOccurrence.ZeroOrMore : NodeOccurrence.ZeroOrOne;
        ReadFacts(words.AsSpan(3), node, line);
        return node;
    }

    private static void Correct(string text, TreeNode root, int line)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2)
        {
            throw new ProtocolException($"additions.txt, line {line}: a correction has a path and facts.");
        }
        // Another edition of the bundle may lack the node; then there is nothing to correct.
        if (root.PlaceAt(words[0], out _) is { IsDescribed: true } node)
        {
            ReadFacts(words.AsSpan(1), node, line);
        }
    }

    private static void ReadFacts(ReadOnlySpan<string> facts, TreeNode node, int line)
    {
        foreach (var fact in facts)
        {
            var at = fact.IndexOf('=', StringComparison.Ordinal);
            ReadFact(node, at < 0 ? fact : fact[..at], at < 0 ? "" : fact[(at + 1)..], line);
        }
    }

    private static void ReadFact(TreeNode node, string key, string value, int line)
    {
        switch (key)
        {
            case "occurs": node.Occurrence = Enum.Parse<NodeOccurrence>(value); break;
            case "naming": node.Naming = Enum.Parse<NodeNaming>(value); break;
            case "default": node.DefaultValue = value; break;
            case "values": node.Allowed = new(AllowedKind.Enumeration, value.Split('|')); break;
            case "flags": node.Allowed = new(AllowedKind.Flags, value.Split('|')); break;
            case "range": node.Allowed = new(AllowedKind.Range, value.Split('|')); break;
            case "pattern": node.Allowed = new(AllowedKind.Pattern, [value]) { Delimiter = node.Allowed.Delimiter }; break;
            case "roots": node.Allowed = new(AllowedKind.Xml, value.Split('|')); break;
            case "delimiter": node.Allowed = node.Allowed with { Delimiter = value }; break;
            case "kind": node.Allowed = new(Enum.Parse<AllowedKind>(value), []); break;
            case "builds": node.Builds = [.. value.Split(',').Select(OsBuild.Parse)]; break;
            case "editions": node.Editions = [.. value.Split(',').Select(sku => int.Parse(sku, CultureInfo.InvariantCulture))]; break;
            case "deprecated": node.IsDeprecated = true; break;
            case "reboot": node.Reboot = Enum.Parse<RebootRule>(value); break;
            default: throw new ProtocolException($"additions.txt, line {line}: '{key}' is no fact.");
        }
    }

    private static NodeVerbs VerbOf(char letter, int line) => letter switch
    {
        'A' => NodeVerbs.Add,
        'D' => NodeVerbs.Delete,
        'X' => NodeVerbs.Exec,
        'G' => NodeVerbs.Get,
        'R' => NodeVerbs.Replace,
        '-' => NodeVerbs.None,
        _ => throw new ProtocolException($"additions.txt, line {line}: '{letter}' is no verb."),
    };
}
