using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Deskward.Platform;

/// <summary>
/// A query that is made ready once, for what runs with every message of every PC. The filter's list of organisations would have its SQL made
/// anew each time; here each tenant-owned table is narrowed to the one organisation that is open, by equality. Row-level security stays above it.
/// </summary>
/// <param name="query">From the context and three arguments.</param>
internal sealed class TenantQuery<TFirst, TSecond, TThird, TResult>(Expression<Func<DeskwardContext, TFirst, TSecond, TThird, IQueryable<TResult>>> query)
    where TResult : class
{
    private readonly ConditionalWeakTable<IModel, Func<DeskwardContext, Guid, TFirst, TSecond, TThird, CancellationToken, Task<TResult?>>> _ready = [];

    /// <summary>The one row; null when there is none.</summary>
    /// <exception cref="InvalidOperationException">More than one row was found, or not exactly one organisation is open.</exception>
    internal Task<TResult?> FindAsync(DeskwardContext db, TFirst first, TSecond second, TThird third, CancellationToken cancellationToken)
    {
        var tenant = db.OpenTenants is [var only] ? only : throw new InvalidOperationException("The query is for one open organisation.");
        return _ready.GetValue(db.Model, _ => Compile())(db, tenant, first, second, third, cancellationToken);
    }

    private Func<DeskwardContext, Guid, TFirst, TSecond, TThird, CancellationToken, Task<TResult?>> Compile()
    {
        var tenant = Expression.Parameter(typeof(Guid), "tenant");
        var narrowed = new Narrowing(tenant).Visit(query.Body);
        var unfiltered = Expression.Call(
            typeof(EntityFrameworkQueryableExtensions), nameof(EntityFrameworkQueryableExtensions.IgnoreQueryFilters), [typeof(TResult)],
            narrowed, Expression.Constant(new[] { DeskwardContext.TenantFilter }, typeof(IReadOnlyCollection<string>)));
        var single = Expression.Call(typeof(Queryable), nameof(Queryable.SingleOrDefault), [typeof(TResult)], unfiltered);
        var (db, first, second, third) = (query.Parameters[0], query.Parameters[1], query.Parameters[2], query.Parameters[3]);
        var cancellation = Expression.Parameter(typeof(CancellationToken), "cancellationToken");
        return EF.CompileAsyncQuery(Expression.Lambda<Func<DeskwardContext, Guid, TFirst, TSecond, TThird, CancellationToken, TResult?>>(single, db, tenant, first, second, third, cancellation));
    }

    /// <summary>Each <c>db.Set&lt;T&gt;()</c> of a tenant-owned row gets the tenant's condition.</summary>
    private sealed class Narrowing(ParameterExpression tenant) : ExpressionVisitor
    {
        private static readonly MethodInfo Set = typeof(DbContext).GetMethod(nameof(DbContext.Set), [])!;

        protected override Expression VisitMethodCall(MethodCallExpression node)
        {
            if (!node.Method.IsGenericMethod || node.Method.GetGenericMethodDefinition() != Set || node.Method.GetGenericArguments() is not [var type] || !type.IsAssignableTo(typeof(ITenantOwned)))
            {
                return base.VisitMethodCall(node);
            }

            var row = Expression.Parameter(type, "row");
            var condition = Expression.Lambda(Expression.Equal(Expression.Property(row, nameof(ITenantOwned.TenantId)), tenant), row);
            return Expression.Call(typeof(Queryable), nameof(Queryable.Where), [type], node, Expression.Quote(condition));
        }
    }
}
