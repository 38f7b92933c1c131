using System.Collections.Concurrent;

namespace Deskward.Groups.Rules;

/// <summary>A group with its rule.</summary>
internal sealed record RuledGroup(Guid Group, MembershipRule Rule);

/// <summary>The rules of one organisation by what they ask for, so that a PC of which one thing changed is put to those alone that ask for it.</summary>
internal sealed class RuleIndex(IReadOnlyList<RuledGroup> groups)
{
    private readonly ConcurrentDictionary<AttributeSet, IReadOnlyList<RuledGroup>> _asking = new();

    internal IReadOnlyList<RuledGroup> Groups => groups;

    /// <summary>The groups that ask for one of these.</summary>
    internal IReadOnlyList<RuledGroup> AskingFor(AttributeSet changed) =>
        _asking.GetOrAdd(changed, static (changed, groups) => [.. groups.Where(group => group.Rule.Attributes.Overlaps(changed))], groups);
}
