namespace Deskward.Groups.Rules;

/// <summary>A group with its rule.</summary>
internal sealed record RuledGroup(Guid Group, MembershipRule Rule);

/// <summary>The rules of one organisation by what they ask for, so that a PC of which one thing changed is put to those alone that ask for it.</summary>
internal sealed class RuleIndex
{
    private readonly int[][] _byAttribute;

    internal RuleIndex(IReadOnlyList<RuledGroup> groups)
    {
        Groups = groups;
        _byAttribute = [.. Enum.GetValues<PcAttribute>().Select(attribute =>
            Enumerable.Range(0, groups.Count).Where(at => groups[at].Rule.Attributes.Overlaps(AttributeSet.Of(attribute))).ToArray())];
    }

    internal IReadOnlyList<RuledGroup> Groups { get; }

    /// <summary>The groups that ask for one of these.</summary>
    internal IReadOnlyList<RuledGroup> AskingFor(AttributeSet changed)
    {
        var asking = new bool[Groups.Count];
        foreach (var at in changed.Members().SelectMany(attribute => _byAttribute[(int)attribute]))
        {
            asking[at] = true;
        }

        return [.. Groups.Where((_, at) => asking[at])];
    }
}
