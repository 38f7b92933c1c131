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
        var stamp = await StampAsync(db, tenant, cancellationToken);
        if (_kept.TryGetValue(tenant, out var kept) && kept.Stamp == stamp)
        {
            return kept.Index;
        }

        var rows = await db.Set<Group>().AsNoTracking().Where(row => row.TenantId == tenant && row.Kind == GroupKind.Dynamic).OrderBy(row => row.Id).Select(row => new { row.Id, row.Rule }).ToListAsync(cancellationToken);
        List<RuledGroup> groups = [];
        foreach (var row in rows)
        {
            if (MembershipRule.Read(row.Rule ?? "") is { IsRefused: false, Value: { } rule })
            {
                groups.Add(new RuledGroup(row.Id, rule));
            }
        }

        var index = new RuleIndex(groups);
        _kept[tenant] = new Kept(stamp, index);
        return index;
    }

    /// <summary>Another one for other groups or other versions, without a row for each: put together where they lie.</summary>
    private static Task<string> StampAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken) => (db.IsSqlite
        ? db.Database.SqlQuery<string>($"""SELECT coalesce(group_concat(id || version), '') AS "Value" FROM (SELECT id, version FROM groups_groups WHERE tenant_id = {tenant} AND kind = 'Dynamic' ORDER BY id)""")
        : db.Database.SqlQuery<string>($"""SELECT coalesce(sum(uuid_hash_extended(id, version)), 0)::text AS "Value" FROM groups_groups WHERE tenant_id = {tenant} AND kind = 'Dynamic'""")).SingleAsync(cancellationToken);

    private sealed record Kept(string Stamp, RuleIndex Index);
}
