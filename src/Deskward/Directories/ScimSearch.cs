using System.Globalization;
using System.Linq.Expressions;
using Deskward.Protocol.Scim;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Directories;

/// <summary>
/// A list: counted, sorted and cut by the database where it can tell all that is asked; otherwise by going through the resources that it lets pass.
/// </summary>
/// <param name="all">All rows of the organisation.</param>
/// <param name="columns">What the database can tell.</param>
/// <param name="id">The order where nothing else is asked for: that of creation.</param>
/// <param name="read">Makes the resources.</param>
internal sealed class ScimSearch<TRow>(
    IQueryable<TRow> all, ScimSql<TRow> columns, Expression<Func<TRow, Guid>> id, Func<IReadOnlyList<TRow>, CancellationToken, Task<IReadOnlyList<ScimResource>>> read)
{
    /// <summary>Resources that are sorted in memory, at most.</summary>
    internal const int MostSorted = 20_000;

    private const int Chunk = 500;
    private readonly Func<TRow, Guid> _idOf = id.Compile();

    internal async Task<ScimPage> RunAsync(ScimFilter? filter, ScimSort? sort, int skip, int take, CancellationToken cancellationToken)
    {
        var condition = filter is null ? null : columns.Translate(filter);
        var rows = condition is null ? all : all.Where(condition.Where);
        var ordered = sort is null ? rows.OrderBy(id) : columns.Sort(rows, sort)?.ThenBy(id);
        return ordered is not null && (filter is null || condition is { IsExact: true }) ? await InDatabaseAsync(ordered, skip, take, cancellationToken)
            : sort is null ? await ThroughAsync(rows, filter!, skip, take, cancellationToken)
            : await SortedAsync(rows, filter, sort, skip, take, cancellationToken);
    }

    private async Task<ScimPage> InDatabaseAsync(IOrderedQueryable<TRow> rows, int skip, int take, CancellationToken cancellationToken)
    {
        var total = await rows.LongCountAsync(cancellationToken);
        var page = take == 0 || skip >= total ? [] : await rows.Skip(skip).Take(take).ToListAsync(cancellationToken);
        return new ScimPage(total, await read(page, cancellationToken));
    }

    private async Task<ScimPage> ThroughAsync(IQueryable<TRow> rows, ScimFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        var (passed, page) = (0L, new List<ScimResource>());
        await foreach (var resource in MatchingAsync(rows, filter, cancellationToken))
        {
            if (passed++ >= skip && page.Count < take)
            {
                page.Add(resource);
            }
        }

        return new ScimPage(passed, page);
    }

    private async Task<ScimPage> SortedAsync(IQueryable<TRow> rows, ScimFilter? filter, ScimSort sort, int skip, int take, CancellationToken cancellationToken)
    {
        var found = new List<ScimResource>();
        await foreach (var resource in MatchingAsync(rows, filter, cancellationToken))
        {
            found.Add(found.Count < MostSorted ? resource : throw new ScimException(
                ScimErrorType.TooMany, string.Create(CultureInfo.InvariantCulture, $"More than {MostSorted} resources would be sorted by {sort.Path}; narrow the filter.")));
        }

        return new ScimPage(found.Count, [.. sort.Order(found).Skip(skip).Take(take)]);
    }

    private async IAsyncEnumerable<ScimResource> MatchingAsync(
        IQueryable<TRow> rows, ScimFilter? filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Guid? last = null;
        while (true)
        {
            var chunk = await After(rows, last).OrderBy(id).Take(Chunk).ToListAsync(cancellationToken);
            foreach (var resource in (await read(chunk, cancellationToken)).Where(resource => filter?.Matches(resource) != false))
            {
                yield return resource;
            }

            if (chunk.Count < Chunk)
            {
                yield break;
            }

            last = _idOf(chunk[^1]);
        }
    }

    private IQueryable<TRow> After(IQueryable<TRow> rows, Guid? last) => last is { } value ? rows.Where(ScimSql<TRow>.With(id, found => found > value)) : rows;
}
