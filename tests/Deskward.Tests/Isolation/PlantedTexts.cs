using Deskward.Fixture;
using Deskward.Guards;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Deskward.Isolation;

/// <summary>Completes a customer: a row in every table of its own that is still empty, and its mark in every text.</summary>
internal static class PlantedTexts
{
    /// <summary>Only the sealer, and what it chains, may write there.</summary>
    private const string Chain = "audit_";

    /// <summary>How every text ends that may hold anything; it begins as a formula does.</summary>
    internal const string Markup = "<i>'\"";

    internal static Task WriteAsync(TestService service, PlantedCustomer customer) => service.QueryAsync(async db =>
    {
        foreach (var type in Types(db.Model).Where(type => !type.GetTableName()!.StartsWith(Chain, StringComparison.Ordinal)))
        {
            var rows = await RowsAsync(db, type);
            if (rows.Count == 0 || Keys(type).Any())
            {
                rows.Add(Added(db, type, customer));
            }

            rows.ForEach(row => Mark(db.Entry(row), type, customer.Mark));
            await db.SaveChangesAsync();
            db.ChangeTracker.Clear();
        }

        return true;
    }, customer.Id);

    internal static IEnumerable<IEntityType> Types(IModel model) => model.GetEntityTypes().Where(type => type.ClrType.IsAssignableTo(typeof(ITenantOwned))).OrderBy(type => type.GetTableName(), StringComparer.Ordinal);

    /// <summary>A row of any values, that hangs on the PC or the person that there is.</summary>
    private static object Added(DeskwardContext db, IEntityType type, PlantedCustomer customer)
    {
        var entry = AnyRow.Add(db, type, customer.Id);
        foreach (var (name, kind) in new[] { ("DeviceId", RowKind.Device), ("PersonId", RowKind.Person), ("UserId", RowKind.Person) })
        {
            if (type.FindProperty(name)?.ClrType == typeof(Guid))
            {
                entry.Property(name).CurrentValue = customer.Rows[kind];
            }
        }

        foreach (var key in Keys(type))
        {
            entry.Property(key.Name).CurrentValue = Text(key, customer.Mark);
        }

        return entry.Entity;
    }

    /// <summary>Texts by which rows are found: they cannot be changed, but a row more can be added.</summary>
    private static IEnumerable<IProperty> Keys(IEntityType type) => TextColumns.Of(type).Where(property => property.IsKey());

    private static void Mark(EntityEntry entry, IEntityType type, Mark mark)
    {
        foreach (var property in TextColumns.Free(type))
        {
            entry.Property(property.Name).CurrentValue = property.Name switch
            {
                "Issuer" => $"https://{Plain(property, mark)}.example/",
                "Mail" => $"{Plain(property, mark)}@{mark.Standing}.example",
                _ => Text(property, mark),
            };
        }
    }

    private static string Text(IProperty property, Mark mark) => $"={Plain(property, mark)}{Markup}";

    private static string Plain(IProperty property, Mark mark) => $"{(TextColumns.IsStanding(property) ? mark.Standing : mark.Personal)}-{PlantedCustomer.Tail()}";

    private static Task<List<object>> RowsAsync(DeskwardContext db, IEntityType type) =>
        (Task<List<object>>)typeof(PlantedTexts).GetMethod(nameof(RowsOfAsync), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!.MakeGenericMethod(type.ClrType).Invoke(null, [db])!;

    private static async Task<List<object>> RowsOfAsync<T>(DeskwardContext db)
        where T : class => [.. (await db.Set<T>().ToListAsync()).Where(row => db.OpenTenants.Contains(((ITenantOwned)row).TenantId))]; // Of what is published, the provider's is not the customer's.
}
