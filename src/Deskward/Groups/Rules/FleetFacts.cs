using System.Collections;

namespace Deskward.Groups.Rules;

/// <summary>
/// A whole fleet, column by column: each comparison is made once per value that occurs and not once per PC, so that many rules are answered at once. What
/// comes out is the same as asking rule by rule and PC by PC.
/// </summary>
internal sealed class FleetFacts
{
    private readonly Column[] _columns;

    internal FleetFacts(IReadOnlyList<PcFacts> pcs)
    {
        Pcs = pcs;
        _columns = [.. Enum.GetValues<PcAttribute>().Select(attribute => Column.Of(pcs, attribute))];
    }

    internal IReadOnlyList<PcFacts> Pcs { get; }

    /// <summary>The places in <see cref="Pcs"/> of those who are in, in that order.</summary>
    internal IEnumerable<int> Matching(MembershipRule rule)
    {
        var found = Of(rule.Node);
        for (var at = 0; at < found.Length; at++)
        {
            if (found[at])
            {
                yield return at;
            }
        }
    }

    private BitArray Of(RuleNode node) => node switch
    {
        AndNode and => and.Parts.Skip(1).Aggregate(Of(and.Parts[0]), (all, part) => all.And(Of(part))),
        OrNode or => or.Parts.Skip(1).Aggregate(Of(or.Parts[0]), (all, part) => all.Or(Of(part))),
        NotNode not => Of(not.Part).Not(),
        AttributeNode one => Asked(one),
        _ => EachAsked(node),
    };

    private BitArray Asked(AttributeNode node)
    {
        var column = _columns[(int)node.Attribute];
        var holds = new bool[column.Values.Count];
        for (var at = 0; at < holds.Length; at++)
        {
            holds[at] = node.Test.Holds(column.Values[at]);
        }

        var found = new int[(Pcs.Count + 31) / 32];
        for (var at = 0; at < Pcs.Count; at++)
        {
            if (holds[column.Codes[at]])
            {
                found[at >> 5] |= 1 << at;
            }
        }

        return new BitArray(found) { Length = Pcs.Count };
    }

    private BitArray EachAsked(RuleNode node)
    {
        var found = new BitArray(Pcs.Count);
        for (var at = 0; at < Pcs.Count; at++)
        {
            found[at] = node.Holds(Pcs[at], null);
        }

        return found;
    }

    /// <param name="Codes">For each PC, which of the values it has.</param>
    /// <param name="Values">The values that occur.</param>
    private sealed record Column(int[] Codes, List<string?> Values)
    {
        internal static Column Of(IReadOnlyList<PcFacts> pcs, PcAttribute attribute)
        {
            var column = new Column(new int[pcs.Count], [null]);
            if (PcAttributes.IsMany(attribute))
            {
                return column;
            }

            var known = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var at = 0; at < pcs.Count; at++)
            {
                if (pcs[at][attribute] is not { } value)
                {
                    continue;
                }

                if (!known.TryGetValue(value, out var code))
                {
                    code = known[value] = column.Values.Count;
                    column.Values.Add(value);
                }

                column.Codes[at] = code;
            }

            return column;
        }
    }
}
