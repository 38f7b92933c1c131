using Deskward.Devices;
using Deskward.Platform;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups.Rings;

/// <summary>A ring as its page shows it.</summary>
/// <param name="Ring">The ring.</param>
/// <param name="Pcs">How many PCs are in it.</param>
/// <param name="Share">How many there would be by the shares of the contract; null for Test, which has none.</param>
/// <param name="Varieties">How many makes, models and builds of the fleet it holds.</param>
internal sealed record RingLine(Ring Ring, int Pcs, int? Share, int Varieties);

/// <summary>A make and model, with how many of it stand in which ring.</summary>
internal sealed record VarietyLine(string? Make, string? Model, IReadOnlyDictionary<Ring, int> Rings)
{
    internal int Total => Rings.Values.Sum();
}

/// <summary>The rings of one customer with their variety.</summary>
internal sealed record RingsView(IReadOnlyList<RingLine> Rings, IReadOnlyList<VarietyLine> Varieties, int Kinds)
{
    internal static async Task<RingsView> ReadAsync(DeskwardContext db, Guid customer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var present = await Arrivals.PresentAsync(db, customer, cancellationToken);
        var counts = Enum.GetValues<Ring>().ToDictionary(ring => ring, ring => present.Where(row => row.Ring == ring).Sum(row => row.Count));
        var split = RingSplit.Of(await Contracts.FiguresAsync(db, customer, now, cancellationToken));
        var total = counts.Values.Sum();
        var shares = split.For(total, total - counts[Ring.Test]);
        return new RingsView(
            [.. counts.Select(pair => new RingLine(pair.Key, pair.Value, pair.Key == Ring.Test ? null : shares[pair.Key], present.Where(row => row.Ring == pair.Key).Select(row => row.Variety).Distinct().Count()))],
            [.. present.GroupBy(row => (row.Variety.Make, row.Variety.Model)).Select(group => new VarietyLine(group.Key.Make, group.Key.Model, group.GroupBy(row => row.Ring).ToDictionary(ring => ring.Key, ring => ring.Sum(row => row.Count))))
                .OrderByDescending(line => line.Total).ThenBy(line => line.Model, StringComparer.Ordinal)],
            present.Select(row => row.Variety).Distinct().Count());
    }
}

/// <summary>A PC with what was decided about it.</summary>
internal sealed record PlacedPc(Guid Id, string Name, string? Model, DeviceState State, DevicePlacement? Placement);

/// <summary>The PCs of one customer as the page Rings lists them.</summary>
internal static class PlacedPcs
{
    internal static readonly string[] Deciders = ["", "auto", "admin", "pending", "none", "quarantine"];

    /// <param name="db">With the customer open.</param>
    /// <param name="customer">Whose.</param>
    /// <param name="ring">Only those in this ring; null: any.</param>
    /// <param name="profile">Only those with this profile; null: any.</param>
    /// <param name="by">One of <see cref="Deciders"/>.</param>
    /// <param name="words">Part of name, serial or model; null: any.</param>
    internal static IQueryable<PlacedPc> Of(DeskwardContext db, Guid customer, Ring? ring, DeviceProfile? profile, string by, string? words)
    {
        var rows = from device in db.Set<Device>().AsNoTracking()
                   join placement in db.Set<DevicePlacement>().AsNoTracking() on device.Id equals placement.DeviceId into placements
                   from placement in placements.DefaultIfEmpty()
                   where device.TenantId == customer && device.State != DeviceState.Retired
                   select new { device, placement };
        rows = words is null ? rows : rows.Where(row => SearchText.Holds(row.device.Search, SearchText.Fold(words)));
        rows = ring is null ? rows : rows.Where(row => row.placement!.Ring == ring);
        rows = profile is null ? rows : rows.Where(row => row.placement!.Profile == profile);
        rows = by switch
        {
            "auto" => rows.Where(row => row.placement!.Ring != null && !row.placement.IsPinned && !row.placement.IsMoving),
            "admin" => rows.Where(row => row.placement!.IsPinned && !row.placement.IsMoving),
            "pending" => rows.Where(row => row.placement!.IsMoving),
            "none" => rows.Where(row => row.placement == null),
            "quarantine" => rows.Where(row => row.placement != null && row.placement.Ring == null),
            _ => rows,
        };
        return rows.OrderBy(row => row.device.Search).ThenBy(row => row.device.Id).Select(row => new PlacedPc(row.device.Id, row.device.Name, row.device.Model, row.device.State, row.placement));
    }
}
