using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Platform;

/// <summary>
/// The part of a row that a provider's person may read of every customer without a grant, where the row holds personal data too: a view of the other
/// columns. Shows the rows of the organisations that are open in full or at the standing level; nothing can be written through it.
/// </summary>
public interface IStandingView
{
    /// <summary>The organisation the row belongs to.</summary>
    Guid TenantId { get; }
}

/// <summary>
/// Makes the views of the model. On PostgreSQL a view runs with the rights of the schema's owner, whom row-level security does not bind: therefore it
/// carries the condition itself, as a barrier, and can only be read.
/// </summary>
internal static class StandingViews
{
    private const string Source = "Deskward:ViewOf";

    /// <summary>The entity is a view of that table: of the columns that have the names of its properties.</summary>
    internal static EntityTypeBuilder<T> IsViewOf<T>(this EntityTypeBuilder<T> builder, string table, string view)
        where T : class, IStandingView
    {
        builder.ToView(view).HasAnnotation(Source, table);
        return builder;
    }

    internal static IEnumerable<IEntityType> Of(IModel model) => model.GetEntityTypes().Where(type => type.ClrType.IsAssignableTo(typeof(IStandingView)));

    /// <summary>The table that a view shows.</summary>
    internal static string TableOf(IEntityType view) => (string)view.FindAnnotation(Source)!.Value!;

    /// <summary>Before the tables change.</summary>
    internal static IEnumerable<string> Drop(IModel model) => Of(model).Select(type => $"DROP VIEW IF EXISTS {type.GetViewName()};");

    /// <summary>After the tables stand.</summary>
    internal static IEnumerable<string> Create(IModel model, bool sqlite)
    {
        foreach (var type in Of(model))
        {
            var view = StoreObjectIdentifier.View(type.GetViewName()!, null);
            var select = $"SELECT {string.Join(", ", type.GetProperties().Select(property => property.GetColumnName(view)))} FROM {TableOf(type)}";
            yield return sqlite
                ? $"CREATE VIEW {type.GetViewName()} AS {select};"
                : $"CREATE VIEW {type.GetViewName()} WITH (security_barrier) AS {select} WHERE {RowLevelSecurity.ReadableCondition};";
        }
    }

    /// <summary>PostgreSQL would write through so simple a view, past row-level security.</summary>
    internal static IEnumerable<string> Revoke(IModel model, string role) => Of(model).Select(type => $"REVOKE ALL ON {type.GetViewName()} FROM {role}; GRANT SELECT ON {type.GetViewName()} TO {role};");
}
