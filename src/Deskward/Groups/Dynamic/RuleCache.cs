using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
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
    internal async Task<RuleIndex> OfAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken) =>
        await OfAsync(db, tenant, await db.Database.SqlQuery<string>(FormattableStringFactory.Create($"""SELECT ({Stamp(db)}) AS "Value" """, tenant)).SingleAsync(cancellationToken), cancellationToken);

    /// <summary>The same where a query that had to be made anyway told the <see cref="Stamp"/>.</summary>
    internal async Task<RuleIndex> OfAsync(DeskwardContext db, Guid tenant, string stamp, CancellationToken cancellationToken)
    {
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

    /// <summary>A query for a text that is another one for other groups or other versions, without a row for each: put together where they lie. Its first argument is the organisation.</summary>
    internal static string Stamp(DeskwardContext db) => db.IsSqlite
        ? "SELECT coalesce(group_concat(id || version), '') FROM (SELECT id, version FROM groups_groups WHERE tenant_id = {0} AND kind = 'Dynamic' ORDER BY id)"
        : "SELECT coalesce(sum(uuid_hash_extended(id, version)), 0)::text FROM groups_groups WHERE tenant_id = {0} AND kind = 'Dynamic'";

    private sealed record Kept(string Stamp, RuleIndex Index);
}
