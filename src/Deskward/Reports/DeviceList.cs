using System.Linq.Expressions;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Platform.Storage;
using Deskward.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Reports;

/// <summary>Which PCs a list shows with regard to their desired state.</summary>
public enum Desired
{
    All,
    Reached,
    NotReached,
}

/// <summary>What is asked for on the page of PCs.</summary>
public sealed record DeviceFilter
{
    /// <summary>Null: all that are open.</summary>
    public Guid? Customer { get; init; }

    /// <summary>Parts of name, user, serial number or model, all of which must occur; null: any.</summary>
    public string? Words { get; init; }

    public Desired Desired { get; init; }

    public DeviceState State { get; init; }

    /// <summary>Only PCs last seen before this instant; null: any.</summary>
    public DateTimeOffset? SilentSince { get; init; }

    /// <summary>failed, waiting, conflict or unknown (a command without answer); null: whatever is open.</summary>
    public string? Open { get; init; }

    /// <summary>name, seen, user or build; a leading minus means descending.</summary>
    public string Sort { get; init; } = "name";

    public int Skip { get; init; }

    public int Take { get; init; } = 50;
}

/// <summary>One line of the list. User: null where people are not seen.</summary>
public sealed record DeviceLine(
    Guid Id, Guid Tenant, string Name, string? User, string? Model, string? Serial, string? Build, DateTimeOffset? LastSeenAt, bool IsInDesiredState, bool WasSettled);

/// <summary>A page of the list.</summary>
/// <param name="Lines">The page.</param>
/// <param name="Total">How many match, up to <see cref="DeviceList.MostFound"/> when something is searched for.</param>
/// <param name="IsCut">More match than are counted: the search should be narrowed.</param>
public sealed record DevicePage(IReadOnlyList<DeviceLine> Lines, long Total, bool IsCut);

/// <summary>
/// The PCs as pages list them. Ids are found first, in a narrow index that holds what is filtered and sorted by; only the rows of one page are
/// read. A search asks an index of parts, or is one scan: it stops at <see cref="MostFound"/> hits instead of counting on. Where a customer is open at the standing level
/// alone, PCs are found by what is known of them without people (<see cref="PcState"/>), and lines name no user.
/// </summary>
public sealed class DeviceList(DeskwardContext db, TenantScope scope, FleetCounts counts, FleetTally tally)
{
    /// <summary>How many hits of a search are counted and paged through.</summary>
    public const int MostFound = 1_000;

    /// <summary>From here on a page is found in an order that is kept for a moment; see <see cref="FleetTally.OrderAsync"/>.</summary>
    internal const int FarDown = 2_000;

    private const int FewPcs = 5_000;

    /// <summary>The page of this number, from 1 on; the last one where there is none such, as when PCs have left meanwhile.</summary>
    internal async Task<(DevicePage Page, int Number)> PageAsync(DeviceFilter filter, int number, CancellationToken cancellationToken)
    {
        var page = await FindAsync(filter with { Skip = (number - 1) * filter.Take }, cancellationToken);
        var last = (int)((page.Total - 1) / filter.Take) + 1;
        return page is { Lines.Count: 0, Total: > 0 } && last < number ? (await FindAsync(filter with { Skip = (last - 1) * filter.Take }, cancellationToken), last) : (page, number);
    }

    internal Task<DevicePage> FindAsync(DeviceFilter filter, CancellationToken cancellationToken) =>
        IsInFull(filter) ? FindAsync(Matching(db.Walked<Device>(), filter, InFull), filter, cancellationToken) : FindAsync(Matching(db.Set<PcState>(), filter, WithoutPeople<PcState>), filter, cancellationToken);

    /// <summary>The ids of all that match, in the order of the list, up to a number.</summary>
    internal async Task<Guid[]> IdsAsync(DeviceFilter filter, int most, CancellationToken cancellationToken) => IsInFull(filter)
        ? await Sorted(Matching(db.Walked<Device>(), filter, InFull), filter.Sort).Select(row => row.Id).Take(most).ToArrayAsync(cancellationToken)
        : await Sorted(Matching(db.Set<PcState>(), filter, WithoutPeople<PcState>), filter.Sort).Select(row => row.Id).Take(most).ToArrayAsync(cancellationToken);

    /// <summary>The lines of these PCs, in this order; what is not open is left out.</summary>
    internal async Task<List<DeviceLine>> LinesAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        var found = scope.Standing.Count == 0 ? Lines(db.Set<Device>().Where(row => EF.Parameter(ids).Contains(row.Id))) : Lines(db.Set<PcState>().Where(row => EF.Parameter(ids).Contains(row.Id)));
        var lines = await found.ToDictionaryAsync(line => line.Id, cancellationToken);
        return [.. ids.Where(lines.ContainsKey).Select(id => lines[id])];
    }

    private IQueryable<DeviceLine> Lines<T>(IQueryable<T> rows)
        where T : class, IPcState
    {
        var empty = TargetDocument.Empty.Hash;
        return from row in WithUsers(rows)
               join set in db.Set<AssignmentSet>() on row.Pc.AssignmentSetId equals set.Id into sets
               from set in sets.DefaultIfEmpty()
               select new DeviceLine(
                   row.Pc.Id, row.Pc.TenantId, row.Pc.Name, row.User, row.Pc.Model, row.Pc.Serial, row.Pc.OsBuild, row.Pc.LastSeenAt,
                   row.Pc.IsClean && row.Pc.SettledHash != null && row.Pc.SettledHash == (set == null ? empty : set.DesiredHash), row.Pc.SettledHash != null);
    }

    /// <summary>Where the part without people is listed, users are looked up: of the organisations that are open in full there are rows.</summary>
    private IQueryable<WithUser<T>> WithUsers<T>(IQueryable<T> rows)
        where T : class, IPcState => rows is IQueryable<Device> devices
        ? (IQueryable<WithUser<T>>)devices.Select(row => new WithUser<Device> { Pc = row, User = row.UserAddress })
        : from row in rows join whole in db.Set<Device>() on row.Id equals whole.Id into wholes from whole in wholes.DefaultIfEmpty() select new WithUser<T> { Pc = row, User = whole.UserAddress };

    /// <summary>Whether all that is asked for is open in full.</summary>
    private bool IsInFull(DeviceFilter filter) => scope.Standing.Count == 0 || (filter.Customer is { } customer && scope.Ids.Contains(customer));

    private async Task<DevicePage> FindAsync<T>(IQueryable<T> devices, DeviceFilter filter, CancellationToken cancellationToken)
        where T : class, IPcState
    {
        await using var held = await db.HoldConnectionAsync(cancellationToken);
        if (filter.Words is not null)
        {
            var found = await FoundAsync(devices, filter, cancellationToken);
            return new DevicePage(await LinesAsync([.. found.Take(MostFound).Skip(filter.Skip).Take(filter.Take)], cancellationToken), Math.Min(found.Count, MostFound), found.Count > MostFound);
        }

        var (total, few) = await CountAsync(filter, devices, cancellationToken);
        if (filter is { Skip: >= FarDown, Desired: Desired.All, SilentSince: null, Open: null } && devices is IQueryable<Device>)
        {
            var order = await tally.OrderAsync($"{filter.State} {filter.Sort}", Tenants(filter), all => OrderAsync(all, filter.State, filter.Sort), cancellationToken);
            return new DevicePage(await LinesAsync([.. order.Skip(filter.Skip).Take(filter.Take)], cancellationToken), total, false);
        }

        var page = Sorted(few ?? devices, filter.Sort).Select(row => row.Id).Skip(filter.Skip).Take(filter.Take);
        return new DevicePage(await Lines(Sorted(db.Set<T>().Where(row => page.Contains(row.Id)), filter.Sort)).ToListAsync(cancellationToken), total, false);
    }

    /// <summary>An index of parts finds them, on PostgreSQL where they are listed by name alone; otherwise the list is walked.</summary>
    private async Task<List<Guid>> FoundAsync<T>(IQueryable<T> devices, DeviceFilter filter, CancellationToken cancellationToken)
        where T : class, IPcState
    {
        var words = Words(filter);
        if (!db.IsSqlite && words.Length > 0 && filter is { Desired: Desired.All, SilentSince: null, Open: null, Sort: "name" })
        {
            return await ByPart.PcsAsync(db, words, filter.State.ToString(), filter.Customer, devices is IQueryable<Device>, MostFound + 1, cancellationToken);
        }

        if (db.IsSqlite && await SqliteParts.PcsAsync(db, words, cancellationToken) is { } few)
        {
            devices = devices.Where(row => EF.Parameter(few).Contains(row.Id));
        }

        return await Sorted(devices, filter.Sort).Select(row => row.Id).Take(MostFound + 1).ToListAsync(cancellationToken);
    }

    /// <summary>How many match; and the same PCs by another way when they are few, because a walk in the order of the page would go far for each of them.</summary>
    private async Task<(long Total, IQueryable<T>? Few)> CountAsync<T>(DeviceFilter filter, IQueryable<T> devices, CancellationToken cancellationToken)
        where T : class, IPcState
    {
        if (filter is not { State: DeviceState.Enrolled, SilentSince: null, Open: null })
        {
            return (await devices.LongCountAsync(cancellationToken), null);
        }

        var tenants = Tenants(filter);
        if (filter.Desired == Desired.All)
        {
            return (await counts.TotalAsync(tenants, cancellationToken), null);
        }

        var groups = (await counts.StandingAsync(tenants, cancellationToken)).Where(group => group.IsInState == (filter.Desired == Desired.Reached)).Select(group => group.Of).ToArray();
        var total = groups.Sum(group => group.Count);
        return (total, total < FewPcs ? StandingGroups.Devices<T>(db, groups) : null);
    }

    private static Task<Guid[]> OrderAsync(DeskwardContext all, DeviceState state, string sort) => Sorted(all.Walked<Device>().AsNoTracking().Where(row => row.State == state), sort).Select(row => row.Id).ToArrayAsync();

    private Guid[] Tenants(DeviceFilter filter) => filter.Customer is { } customer ? [.. scope.Readable.Where(id => id == customer)] : [.. scope.Readable];

    /// <summary>The longest first, because it is the rarest: the others are looked for in what it leaves.</summary>
    private static string[] Words(DeviceFilter filter) => [.. (filter.Words ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(SearchText.Fold).Where(word => word.Length > 0).OrderByDescending(word => word.Length)];

    private static Expression<Func<Device, bool>> InFull(string word) => row => SearchText.Holds(row.Search, word) || SearchText.Holds(row.PersonSearch, word);

    private static Expression<Func<T, bool>> WithoutPeople<T>(string word)
        where T : class, IPcState => row => SearchText.Holds(row.Search, word);

    private IQueryable<T> Matching<T>(IQueryable<T> rows, DeviceFilter filter, Func<string, Expression<Func<T, bool>>> holds)
        where T : class, IPcState
    {
        var devices = rows.AsNoTracking().Where(row => row.State == filter.State);
        if ((filter.Customer ?? (scope.Readable is [var only] ? only : null)) is { } customer)
        {
            devices = devices.Where(row => row.TenantId == customer);
        }

        foreach (var word in Words(filter))
        {
            devices = devices.Where(holds(word));
        }

        if (filter.SilentSince is { } since)
        {
            devices = devices.Where(row => row.LastSeenAt < since);
        }

        devices = filter.Open switch
        {
            "failed" => devices.Where(row => db.Set<OpenState>().Any(open => open.DeviceId == row.Id && open.Outcome == SettingOutcome.Failed)),
            "waiting" => devices.Where(row => db.Set<OpenState>().Any(open => open.DeviceId == row.Id && open.Outcome == SettingOutcome.Waiting)),
            "conflict" => devices.Where(row => db.Set<AssignmentSet>().Any(set => set.Id == row.AssignmentSetId && set.ConflictCount > 0)),
            "unknown" => devices.Where(row => db.Set<CommandStanding>().Any(command => command.DeviceId == row.Id && command.State == CommandState.Unknown)),
            _ => devices,
        };
        return filter.Desired switch
        {
            Desired.All => devices,
            Desired.Reached => devices.Where(counts.IsInState<T>()),
            Desired.NotReached => devices.Where(Not(counts.IsInState<T>())),
        };
    }

    private static Expression<Func<T, bool>> Not<T>(Expression<Func<T, bool>> rule) => Expression.Lambda<Func<T, bool>>(Expression.Not(rule.Body), rule.Parameters);

    /// <summary>
    /// By name means by the text that is searched, which begins with the name as it is compared, and then in the order of the index that holds it: nothing is
    /// sorted to find a page far down. By user is possible where users are seen.
    /// </summary>
    private static IOrderedQueryable<T> Sorted<T>(IQueryable<T> devices, string sort)
        where T : class, IPcState => sort switch
    {
        "-name" when devices is IQueryable<Device> => devices.OrderByDescending(row => row.Search).ThenByDescending(row => EF.Property<string>(row, nameof(Device.PersonSearch))).ThenByDescending(row => row.Id),
        "-name" => devices.OrderByDescending(row => row.Search).ThenByDescending(row => row.Id),
        "seen" => devices.OrderBy(row => row.LastSeenAt).ThenBy(row => row.Id),
        "-seen" => devices.OrderByDescending(row => row.LastSeenAt).ThenByDescending(row => row.Id),
        "user" when devices is IQueryable<Device> => devices.OrderBy(row => EF.Property<string>(row, nameof(Device.UserAddress))).ThenBy(row => row.Id),
        "-user" when devices is IQueryable<Device> => devices.OrderByDescending(row => EF.Property<string>(row, nameof(Device.UserAddress))).ThenByDescending(row => row.Id),
        "build" => devices.OrderBy(row => row.OsBuild).ThenBy(row => row.Id),
        "-build" => devices.OrderByDescending(row => row.OsBuild).ThenByDescending(row => row.Id),
        _ when devices is IQueryable<Device> => devices.OrderBy(row => row.Search).ThenBy(row => EF.Property<string>(row, nameof(Device.PersonSearch))).ThenBy(row => row.Id),
        _ => devices.OrderBy(row => row.Search).ThenBy(row => row.Id),
    };

    private sealed class WithUser<T>
    {
        public required T Pc { get; init; }

        public string? User { get; init; }
    }
}
