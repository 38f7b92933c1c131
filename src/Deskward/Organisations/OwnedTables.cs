using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Deskward.Organisations;

/// <summary>The tables of organisations' rows, as the model tells them: a new one is exported and emptied without anybody thinking of it.</summary>
internal static class OwnedTables
{
    /// <summary>Each before those that it refers to, and the organisations themselves last.</summary>
    internal static IEnumerable<string> ChildrenFirst(IModel model)
    {
        var done = new List<IEntityType>();
        foreach (var type in Owned(model).OrderBy(type => type.ClrType == typeof(Organisation)).ThenBy(type => type.GetTableName(), StringComparer.Ordinal))
        {
            Visit(type, done);
        }

        return done.Select(type => type.GetTableName()!).Distinct();
    }

    /// <summary>What keeps the organisation known until its very end, and its domain out of others' hands.</summary>
    internal static IEnumerable<string> Last(IModel model) => new[] { typeof(Organisation), typeof(OrganisationDomain) }.Select(type => model.FindEntityType(type)!.GetTableName()!);

    internal static IEnumerable<IEntityType> Owned(IModel model) => model.GetEntityTypes().Where(IsOwned);

    private static bool IsOwned(IEntityType type) => type.ClrType.IsAssignableTo(typeof(ITenantOwned)) && type.GetTableName() is not null;

    private static void Visit(IEntityType type, List<IEntityType> done)
    {
        if (done.Contains(type))
        {
            return;
        }

        foreach (var key in type.GetReferencingForeignKeys().Where(key => key.DeclaringEntityType != type && IsOwned(key.DeclaringEntityType)))
        {
            Visit(key.DeclaringEntityType, done);
        }

        done.Add(type);
    }
}
