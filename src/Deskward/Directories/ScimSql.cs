using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Deskward.Protocol.Scim;

namespace Deskward.Directories;

/// <summary>A filter as far as the database can tell.</summary>
/// <param name="Where">Holds for every row that passes the filter.</param>
/// <param name="IsExact">And for no other.</param>
internal sealed record ScimCondition<TRow>(Expression<Func<TRow, bool>> Where, bool IsExact);

/// <summary>
/// Filters in SQL: which attributes lie in columns, and how they compare there. What it cannot tell is left to the documents; then the condition lets too
/// many rows pass, never too few. Values are parameters of the statement.
/// </summary>
internal sealed class ScimSql<TRow>
{
    private readonly Dictionary<string, Func<ScimOperator, object, ScimCondition<TRow>?>> _comparisons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Expression<Func<TRow, bool>>> _presence = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<IQueryable<TRow>, bool, IOrderedQueryable<TRow>>> _orders = new(StringComparer.Ordinal);

    /// <summary>The condition for a filter; null when the database can tell nothing.</summary>
    internal ScimCondition<TRow>? Translate(ScimFilter filter) => filter switch
    {
        ScimAllOf all => All(all.Parts),
        ScimAnyOf any => Any(any.Parts),
        ScimNot not => Translate(not.Inner) is { IsExact: true } inner ? new(Expression.Lambda<Func<TRow, bool>>(Expression.Not(inner.Where.Body), inner.Where.Parameters), true) : null,
        ScimPresent present => _presence.TryGetValue(present.Path.ToString(), out var where) ? new(where, true) : null,
        ScimCompare compare => Compare(compare.Path.ToString(), compare),
        ScimItemFilter item => Item(item),
        ScimNothing => new(_ => false, true),
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    /// <summary>The rows in the order of an attribute; null when the database does not know it.</summary>
    internal IOrderedQueryable<TRow>? Sort(IQueryable<TRow> rows, ScimSort sort) => _orders.TryGetValue(sort.Path.ToString(), out var order) ? order(rows, sort.IsDescending) : null;

    /// <summary>A column of text. What is folded holds upper case.</summary>
    internal ScimSql<TRow> Text(string path, Expression<Func<TRow, string?>> column, bool isFolded)
    {
        _presence[path] = With(column, value => value != null);
        _comparisons[path] = (comparison, value) => TextTest(comparison, isFolded ? ((string)value).ToUpperInvariant() : (string)value) is { } test
            ? new(With(column, test), isFolded || comparison is ScimOperator.Eq or ScimOperator.Ne) : null;
        var absent = With(column, value => value == null);
        _orders[path] = (rows, descends) => descends ? rows.OrderByDescending(absent).ThenByDescending(column) : rows.OrderBy(absent).ThenBy(column);
        return this;
    }

    /// <summary>A column that always has an instant.</summary>
    internal ScimSql<TRow> Instant(string path, Expression<Func<TRow, DateTimeOffset>> column)
    {
        _presence[path] = _ => true;
        _comparisons[path] = (comparison, value) => InstantTest(comparison, (DateTimeOffset)value) is { } test ? new(With(column, test), true) : null;
        _orders[path] = (rows, descends) => descends ? rows.OrderByDescending(column) : rows.OrderBy(column);
        return this;
    }

    /// <summary>A column that always has a yes or no.</summary>
    internal ScimSql<TRow> Flag(string path, Expression<Func<TRow, bool>> column)
    {
        _presence[path] = _ => true;
        _comparisons[path] = (comparison, value) =>
        {
            var wanted = (bool)value == (comparison == ScimOperator.Eq);
            return new(With(column, found => found == wanted), true);
        };
        return this;
    }

    /// <summary>The identifier; another spelling of it is another text.</summary>
    internal ScimSql<TRow> Id(string path, Expression<Func<TRow, Guid>> column)
    {
        _presence[path] = _ => true;
        _comparisons[path] = (comparison, value) => (comparison, ScimId.Read((string)value)) switch
        {
            (ScimOperator.Eq, { } id) => new(With(column, found => found == id), true),
            (ScimOperator.Ne, { } id) => new(With(column, found => found != id), true),
            (ScimOperator.Eq, null) => new(_ => false, true),
            (ScimOperator.Ne, null) => new(_ => true, true),
            _ => null,
        };
        _orders[path] = (rows, descends) => descends ? rows.OrderByDescending(column) : rows.OrderBy(column);
        return this;
    }

    /// <summary>One of several values, which lie in a table of their own.</summary>
    /// <param name="path">Of the values.</param>
    /// <param name="rows">Those with a value that compares so; null when the database cannot tell.</param>
    internal ScimSql<TRow> Several(string path, Func<ScimOperator, string, Expression<Func<TRow, bool>>?> rows)
    {
        _comparisons[path] = (comparison, value) => comparison != ScimOperator.Ne && rows(comparison, (string)value) is { } where ? new(where, true) : null;
        return this;
    }

    /// <summary>How a text compares; null where the engines order texts each in their own way.</summary>
    [SuppressMessage("Globalization", "CA1310", Justification = "Becomes LIKE in SQL, over texts that are folded already where case does not count.")]
    internal static Expression<Func<string?, bool>>? TextTest(ScimOperator comparison, string wanted) => comparison switch
    {
        ScimOperator.Eq => value => value == wanted,
        ScimOperator.Ne => value => value != wanted,
        ScimOperator.Co => value => value!.Contains(wanted),
        ScimOperator.Sw => value => value!.StartsWith(wanted),
        ScimOperator.Ew => value => value!.EndsWith(wanted),
        ScimOperator.Gt or ScimOperator.Ge or ScimOperator.Lt or ScimOperator.Le => null,
    };

    internal static Expression<Func<T, bool>> With<T, TValue>(Expression<Func<T, TValue>> column, Expression<Func<TValue, bool>> test) =>
        Expression.Lambda<Func<T, bool>>(new Exchange(test.Parameters[0], column.Body).Visit(test.Body), column.Parameters);

    private static Expression<Func<DateTimeOffset, bool>>? InstantTest(ScimOperator comparison, DateTimeOffset wanted) => comparison switch
    {
        ScimOperator.Eq => value => value == wanted,
        ScimOperator.Ne => value => value != wanted,
        ScimOperator.Gt => value => value > wanted,
        ScimOperator.Ge => value => value >= wanted,
        ScimOperator.Lt => value => value < wanted,
        ScimOperator.Le => value => value <= wanted,
        ScimOperator.Co or ScimOperator.Sw or ScimOperator.Ew => null,
    };

    private ScimCondition<TRow>? Compare(string path, ScimCompare compare) => _comparisons.TryGetValue(path, out var make) ? make(compare.Operator, compare.Value) : null;

    /// <summary>What the values must hold one and the same value must hold: each comparison by itself lets more pass.</summary>
    private ScimCondition<TRow>? Item(ScimItemFilter item)
    {
        IReadOnlyList<ScimFilter> parts = item.Inner is ScimAllOf all ? all.Parts : [item.Inner];
        var conditions = parts.OfType<ScimCompare>().Select(part => Compare($"{item.Path}.{part.Path}", part)).OfType<ScimCondition<TRow>>().ToList();
        return conditions.Count == 0 ? null : Join(conditions, Expression.AndAlso) with { IsExact = parts.Count == 1 && conditions[0].IsExact };
    }

    private ScimCondition<TRow>? All(IReadOnlyList<ScimFilter> parts)
    {
        var conditions = parts.Select(Translate).OfType<ScimCondition<TRow>>().ToList();
        if (conditions.Count == 0)
        {
            return null;
        }

        var joined = Join(conditions, Expression.AndAlso);
        return conditions.Count == parts.Count ? joined : joined with { IsExact = false };
    }

    private ScimCondition<TRow>? Any(IReadOnlyList<ScimFilter> parts)
    {
        var conditions = parts.Select(Translate).OfType<ScimCondition<TRow>>().ToList();
        return conditions.Count == parts.Count ? Join(conditions, Expression.OrElse) : null;
    }

    private static ScimCondition<TRow> Join(List<ScimCondition<TRow>> conditions, Func<Expression, Expression, Expression> join)
    {
        var row = conditions[0].Where.Parameters[0];
        var body = conditions.Select(one => new Exchange(one.Where.Parameters[0], row).Visit(one.Where.Body)).Aggregate(join);
        return new(Expression.Lambda<Func<TRow, bool>>(body, row), conditions.TrueForAll(one => one.IsExact));
    }

    private sealed class Exchange(ParameterExpression from, Expression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : base.VisitParameter(node);
    }
}

/// <summary>Identifiers of resources: ids in the one spelling in which they are given out.</summary>
internal static class ScimId
{
    internal static Guid? Read(string? text) => Guid.TryParseExact(text, "D", out var id) && Write(id) == text ? id : null;

    internal static string Write(Guid id) => id.ToString("D");
}
