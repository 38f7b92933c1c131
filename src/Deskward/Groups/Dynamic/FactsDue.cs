using System.Runtime.CompilerServices;
using Deskward.Devices;
using Deskward.Groups.Rules;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Groups.Dynamic;

/// <summary>Something that rules ask for changed on a PC: the rules that ask for it are to be put to the PC again. Written with the change, gone when that was done.</summary>
public sealed class FactsDue : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid DeviceId { get; init; }

    /// <summary>What changed, as bits.</summary>
    public int Attributes { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>Takes the oldest notes of an open organisation, in the transaction that answers them.</summary>
    internal static Task<List<DueFacts>> TakeAsync(DeskwardContext db, Guid tenant, int most, CancellationToken cancellationToken) => db.Database.SqlQuery<DueFacts>(FormattableStringFactory.Create(
        $$"""
        DELETE FROM groups_facts_due WHERE tenant_id = {0} AND id IN (SELECT id FROM groups_facts_due WHERE tenant_id = {0} ORDER BY id LIMIT {1})
        RETURNING device_id, attributes, ({{RuleCache.Stamp(db)}}) AS rules
        """,
        tenant,
        most)).ToListAsync(cancellationToken);

    internal static FactsDue Of(Device device, AttributeSet changed, DateTimeOffset now) => new() { TenantId = device.TenantId, DeviceId = device.Id, Attributes = changed.Bits, At = now };
}

/// <summary>A PC, and what of it changed, as bits; with the stamp of the rules, the same in all rows.</summary>
internal sealed record DueFacts(Guid DeviceId, int Attributes, string Rules);

internal sealed class FactsDueMapping : IEntityTypeConfiguration<FactsDue>
{
    public void Configure(EntityTypeBuilder<FactsDue> builder)
    {
        builder.ToTable("groups_facts_due").HasKey(row => row.Id);
        builder.HasIndex(row => new { row.TenantId, row.Id });
    }
}

/// <summary>Notes with every saved change of a PC what of it rules ask for, whoever makes the change.</summary>
internal sealed class FactsNoted(TimeProvider time) : SaveChangesInterceptor
{
    private static readonly (string Property, PcAttribute Attribute)[] Asked =
    [
        (nameof(Device.State), PcAttribute.AccountEnabled), (nameof(Device.Name), PcAttribute.DisplayName), (nameof(Device.Manufacturer), PcAttribute.Manufacturer),
        (nameof(Device.Model), PcAttribute.Model), (nameof(Device.OsBuild), PcAttribute.OsVersion), (nameof(Device.Serial), PcAttribute.PhysicalIds), (nameof(Device.HardwareHash), PcAttribute.PhysicalIds),
    ];

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { } db)
        {
            List<FactsDue> due = [.. db.ChangeTracker.Entries<Device>().Where(entry => entry.State == EntityState.Modified).Select(entry => (entry.Entity, Changed: ChangedIn(entry)))
                .Where(pair => pair.Changed.Bits != 0).Select(pair => FactsDue.Of(pair.Entity, pair.Changed, time.Now()))];
            db.AddRange(due);
        }

        return ValueTask.FromResult(result);
    }

    private static AttributeSet ChangedIn(EntityEntry<Device> entry) => Asked.Where(pair => entry.Property(pair.Property) is { IsModified: true } property && !Equals(property.OriginalValue, property.CurrentValue))
        .Aggregate(default(AttributeSet), (all, pair) => all.With(AttributeSet.Of(pair.Attribute)));
}
