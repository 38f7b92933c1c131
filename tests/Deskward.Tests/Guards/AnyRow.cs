using System.Security.Cryptography;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Deskward.Guards;

/// <summary>Makes a row of any entity that the database takes: every column that may not be empty holds something of its type.</summary>
internal static class AnyRow
{
    internal static EntityEntry Add(DbContext db, IEntityType type, Guid tenant)
    {
        var entry = db.Entry(Activator.CreateInstance(type.ClrType)!);
        foreach (var property in type.GetProperties().Where(property => property.ValueGenerated == ValueGenerated.Never || property.IsKey()))
        {
            entry.Property(property.Name).CurrentValue = property.Name == "TenantId" ? tenant : property.IsNullable ? null : Value(property);
        }

        entry.State = EntityState.Added;
        return entry;
    }

    private static object Value(IProperty property) => property.ClrType switch
    {
        { IsEnum: true } words => Enum.GetValues(words).GetValue(0)!,
        var type when type == typeof(Guid) => Guid.CreateVersion7(),
        var type when type == typeof(string) => Cut(Guid.CreateVersion7().ToString("n"), property.GetMaxLength()),
        var type when type == typeof(byte[]) => RandomNumberGenerator.GetBytes(32),
        var type when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch,
        var type when type == typeof(DateOnly) => DateOnly.FromDayNumber(RandomNumberGenerator.GetInt32(700_000, 730_000)),
        var type when type == typeof(TimeSpan) => TimeSpan.FromMinutes(1),
        var type when type == typeof(TimeOnly) => TimeOnly.MinValue,
        var type when type == typeof(bool) => false,
        var type when type == typeof(RoleSet) => RoleSet.None,
        var type => Convert.ChangeType(1, type, System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>The end of the text, where an id of version 7 is random.</summary>
    private static string Cut(string text, int? longest) => longest < text.Length ? text[^longest.Value..] : text;
}
