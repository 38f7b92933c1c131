using System.Text.Json;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>PCs that stand alike, and whether that is their desired state now.</summary>
public sealed record StandingGroup(TallyGroup Of, bool IsInState);

/// <summary>Finds the PCs of groups: one seek per group into the index of (tenant, state, set, settled hash, clean), however large the fleet is.</summary>
public static class StandingGroups
{
    /// <summary>Stands for the table or view.</summary>
    private const string Rows = "<rows>";

    // The groups first: the planner must not walk the PCs and look for each one's group. Ids are kept as upper-case text here.
    private const string Sqlite = """
        SELECT d.* FROM json_each({0}) AS g CROSS JOIN <rows> AS d
        ON d.tenant_id = g.value ->> 'tenant' AND d.state = 'Enrolled' AND d.assignment_set_id = g.value ->> 'set'
        AND d.settled_hash IS unhex(g.value ->> 'hash') AND d.is_clean = g.value ->> 'clean'
        """;

    // IS NOT DISTINCT FROM is no condition of an index here: PCs that have not settled are a part of their own.
    private const string Postgres = """
        SELECT d.* FROM unnest({0}, {1}, {2}, {3}) AS g(tenant, set, hash, clean) JOIN <rows> AS d
        ON d.tenant_id = g.tenant AND d.state = 'Enrolled' AND d.assignment_set_id = g.set AND d.settled_hash = g.hash AND d.is_clean = g.clean
        UNION ALL
        SELECT d.* FROM unnest({4}, {5}, {6}) AS g(tenant, set, clean) JOIN <rows> AS d
        ON d.tenant_id = g.tenant AND d.state = 'Enrolled' AND d.assignment_set_id = g.set AND d.settled_hash IS NULL AND d.is_clean = g.clean
        """;

    /// <summary>The PCs that stand like one of the groups; null when one of them has no set, which an index cannot be asked for on both engines.</summary>
    public static IQueryable<T>? Devices<T>(DeskwardContext db, IReadOnlyCollection<TallyGroup> groups)
        where T : class, IPcState
    {
        if (groups.Any(group => group.AssignmentSetId is null))
        {
            return null;
        }

        var type = db.Model.FindEntityType(typeof(T))!;
        var rows = type.GetTableName() ?? type.GetViewName()!;
        return (db.IsSqlite ? OnSqlite<T>(db, rows, groups) : OnPostgres<T>(db, rows, groups)).AsNoTracking();
    }

    private static IQueryable<T> OnSqlite<T>(DeskwardContext db, string rows, IReadOnlyCollection<TallyGroup> groups)
        where T : class
    {
        var wanted = JsonSerializer.Serialize(groups.Select(group => new
        {
            tenant = Text(group.Tenant), set = Text(group.AssignmentSetId!.Value), hash = group.SettledHash is { } hash ? Convert.ToHexString(hash) : null, clean = group.IsClean ? 1 : 0,
        }));
        return db.Set<T>().FromSqlRaw(Sqlite.Replace(Rows, rows, StringComparison.Ordinal), wanted);
    }

    private static IQueryable<T> OnPostgres<T>(DeskwardContext db, string rows, IReadOnlyCollection<TallyGroup> groups)
        where T : class
    {
        var (settled, others) = (groups.Where(group => group.SettledHash is not null).ToArray(), groups.Where(group => group.SettledHash is null).ToArray());
        return db.Set<T>().FromSqlRaw(Postgres.Replace(Rows, rows, StringComparison.Ordinal), Tenants(settled), Sets(settled), settled.Select(group => group.SettledHash!).ToArray(), Cleans(settled), Tenants(others), Sets(others), Cleans(others));
    }

    private static Guid[] Tenants(TallyGroup[] groups) => [.. groups.Select(group => group.Tenant)];

    private static Guid[] Sets(TallyGroup[] groups) => [.. groups.Select(group => group.AssignmentSetId!.Value)];

    private static bool[] Cleans(TallyGroup[] groups) => [.. groups.Select(group => group.IsClean)];

    private static string Text(Guid id) => id.ToString().ToUpperInvariant();
}
