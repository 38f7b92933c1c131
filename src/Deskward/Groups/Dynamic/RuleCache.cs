using System.Collections.Concurrent;
using Deskward.Groups.Rules;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups.Dynamic;

/// <summary>
/// The rules of each organisation, read and indexed once. Before each use the versions of its groups are asked for, so that no node answers by a rule that was
/// changed; whoever writes members by them holds <see cref="MemberRows.AloneAsync"/>, and so does whoever changes a rule.
/// </summary>
internal sealed class RuleCache
{
    private readonly ConcurrentDictionary<Guid, Kept> _kept = new();

    /// <summary>The rules of an organisation that is open. One that cannot be read any more is left out, and with it the members of its group as they are.</summary>
    internal async Task<RuleIndex> OfAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken)
    {
        var versions = await db.Set<Group>().Where(row => row.TenantId == tenant && row.Kind == GroupKind.Dynamic).Select(row => new GroupVersion(row.Id, row.Version)).ToHashSetAsync(cancellationToken);
        if (_kept.TryGetValue(tenant, out var kept) && kept.Versions.SetEquals(versions))
        {
            return kept.Index;
        }

        if (versions.Count == 0)
        {
            _kept.TryRemove(tenant, out _);
            return new RuleIndex([]);
        }

        var rows = await db.Set<Group>().AsNoTracking().Where(row => row.TenantId == tenant && row.Kind == GroupKind.Dynamic).OrderBy(row => row.Id).Select(row => new { row.Id, row.Version, row.Rule }).ToListAsync(cancellationToken);
        List<RuledGroup> groups = [];
        foreach (var row in rows)
        {
            if (MembershipRule.Read(row.Rule ?? "") is { IsRefused: false, Value: { } rule })
            {
                groups.Add(new RuledGroup(row.Id, rule));
            }
        }

        var index = new RuleIndex(groups);
        _kept[tenant] = new Kept([.. rows.Select(row => new GroupVersion(row.Id, row.Version))], index);
        return index;
    }

    private readonly record struct GroupVersion(Guid Group, int Version);

    private sealed record Kept(HashSet<GroupVersion> Versions, RuleIndex Index);
}
