using System.Diagnostics.CodeAnalysis;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>How what is typed must stand in a name or an address.</summary>
public enum PeopleMatch
{
    Contains,
    Begins,
    Exactly,
}

/// <summary>What is asked for on the page of people.</summary>
public sealed record PeopleFilter
{
    /// <summary>Null: everybody.</summary>
    public string? Words { get; init; }

    public PeopleMatch Match { get; init; }

    /// <summary>Null: any or none.</summary>
    public Role? Role { get; init; }

    public int Skip { get; init; }

    public int Take { get; init; } = 50;
}

/// <summary>A page of people.</summary>
/// <param name="People">The page, by name; where a beginning or a whole name is searched for, those found by address alone come after them.</param>
/// <param name="Total">How many match, up to <see cref="PeopleList.MostFound"/> when something is searched for; of everybody in a large organisation, as of some seconds ago.</param>
/// <param name="IsCut">More match than are counted.</param>
public sealed record PeoplePageOf(IReadOnlyList<Person> People, long Total, bool IsCut);

/// <summary>
/// The people of the open organisations as pages list them. Ids are found first, in a narrow index that holds what is searched and sorted by; only the rows of
/// one page are read. A search stops at <see cref="MostFound"/> hits instead of counting on.
/// </summary>
public sealed class PeopleList(DeskwardContext db, TenantScope scope, PeopleTotals totals)
{
    /// <summary>How many hits of a search are counted and paged through.</summary>
    public const int MostFound = 1_000;

    /// <summary>Comes after every letter, by code point.</summary>
    private const string Last = "\U0010FFFF";

    internal async Task<PeoplePageOf> FindAsync(PeopleFilter filter, CancellationToken cancellationToken)
    {
        await using var held = await db.HoldConnectionAsync(cancellationToken);
        var people = Listed(filter);
        if (filter.Words is { } words)
        {
            var found = await FoundAsync(people, words, filter, cancellationToken);
            return new PeoplePageOf(await ReadAsync([.. found.Take(MostFound).Skip(filter.Skip).Take(filter.Take)], cancellationToken), Math.Min(found.Count, MostFound), found.Count > MostFound);
        }

        var total = await TotalAsync(people, filter, cancellationToken);
        return new PeoplePageOf(await ReadAsync(await PageAsync(people, filter, total, cancellationToken), cancellationToken), total, false);
    }

    private Task<long> TotalAsync(IQueryable<Person> people, PeopleFilter filter, CancellationToken cancellationToken) => filter.Role is null && scope.Ids is [var only]
        ? totals.OfAsync(only, () => people.LongCountAsync(cancellationToken)) : people.LongCountAsync(cancellationToken);

    /// <summary>From the nearer end: the last page costs what the first does.</summary>
    private static async Task<Guid[]> PageAsync(IQueryable<Person> people, PeopleFilter filter, long total, CancellationToken cancellationToken)
    {
        if (filter.Skip <= total / 2)
        {
            return await people.OrderBy(row => row.Search).ThenBy(row => row.Id).Select(row => row.Id).Skip(filter.Skip).Take(filter.Take).ToArrayAsync(cancellationToken);
        }

        var count = (int)Math.Clamp(total - filter.Skip, 0, filter.Take);
        var behind = (int)Math.Max(0, total - filter.Skip - filter.Take);
        var ids = await people.OrderByDescending(row => row.Search).ThenByDescending(row => row.Id).Select(row => row.Id).Skip(behind).Take(count).ToArrayAsync(cancellationToken);
        Array.Reverse(ids);
        return ids;
    }

    private async Task<List<Person>> ReadAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        var people = await db.Set<Person>().AsNoTracking().Where(row => EF.Parameter(ids).Contains(row.Id)).ToDictionaryAsync(row => row.Id, cancellationToken);
        return [.. ids.Where(people.ContainsKey).Select(id => people[id])];
    }

    private IQueryable<Person> Listed(PeopleFilter filter)
    {
        var people = db.Walked<Person>().AsNoTracking();
        return filter.Role is { } role ? people.Where(row => db.Set<RoleAssignment>().Any(assigned => assigned.PersonId == row.Id && assigned.Role == role)) : people;
    }

    /// <summary>The text that is searched is name and address, each on a line of its own. The longest word comes first, because it is the rarest: the others are looked for in what it leaves.</summary>
    private async Task<List<Guid>> FoundAsync(IQueryable<Person> people, string typed, PeopleFilter filter, CancellationToken cancellationToken)
    {
        var (words, address) = (SearchText.Fold(typed), typed.Normalize().ToUpperInvariant());
        return filter.Match switch
        {
            PeopleMatch.Begins => await InAsync(people, (words, words + Last), (address, address + Last), cancellationToken),
            PeopleMatch.Exactly => await InAsync(people, (words + '\n', words + '\n' + Last), (address, address + '\u0001'), cancellationToken),
            PeopleMatch.Contains => await HoldingAsync(people, [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).OrderByDescending(word => word.Length)], filter, cancellationToken),
        };
    }

    private Task<List<Guid>> HoldingAsync(IQueryable<Person> people, string[] words, PeopleFilter filter, CancellationToken cancellationToken) => !db.IsSqlite && filter.Role is null && words.Length > 0
        ? ByPart.PeopleAsync(db, words, MostFound + 1, cancellationToken)
        : words.Aggregate(people, (left, word) => left.Where(row => SearchText.Holds(row.Search, word))).OrderBy(row => row.Search).ThenBy(row => row.Id).Select(row => row.Id).Take(MostFound + 1).ToListAsync(cancellationToken);

    /// <summary>
    /// Whose name lies in one range, by name; then whose address lies in the other, by address: each an index read from its beginning. Ranges and not LIKE,
    /// because under row-level security PostgreSQL asks an index only what cannot tell of rows that stay hidden, and LIKE is not among it.
    /// </summary>
    [SuppressMessage("Globalization", "CA1309", Justification = "Becomes a comparison in SQL, by code point on either engine.")]
    private static async Task<List<Guid>> InAsync(IQueryable<Person> people, (string From, string Before) name, (string From, string Before) address, CancellationToken cancellationToken)
    {
        var (nameFrom, nameBefore, addressFrom, addressBefore) = (name.From, name.Before, address.From, address.Before);
        var found = await people.Where(row => string.Compare(row.Search, nameFrom) >= 0 && string.Compare(row.Search, nameBefore) < 0)
            .OrderBy(row => row.Search).ThenBy(row => row.Id).Select(row => row.Id).Take(MostFound + 1).ToListAsync(cancellationToken);
        if (found.Count <= MostFound)
        {
            found.AddRange(await people.Where(row => string.Compare(row.NormalizedUserName, addressFrom) >= 0 && string.Compare(row.NormalizedUserName, addressBefore) < 0)
                .Where(row => string.Compare(row.Search, nameFrom) < 0 || string.Compare(row.Search, nameBefore) >= 0)
                .OrderBy(row => row.NormalizedUserName).Select(row => row.Id).Take(MostFound + 1 - found.Count).ToListAsync(cancellationToken));
        }

        return found;
    }
}
