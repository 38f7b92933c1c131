using Deskward.Audit;
using Deskward.Devices;
using Deskward.Groups.Dynamic;
using Deskward.Groups.Rules;
using Deskward.Groups.Service;
using Deskward.Platform;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups.Rings;

/// <summary>What was decided of a PC before it came.</summary>
/// <param name="Ring">Its ring; null: the service chooses.</param>
/// <param name="Profile">Its device profile.</param>
public sealed record PlacementWish(Ring? Ring, DeviceProfile Profile)
{
    /// <summary>It gets what goes to all PCs, and stands in no ring, profile or other group until somebody registers it.</summary>
    public bool IsQuarantined { get; init; }
}

/// <summary>Tells what was decided of a PC that comes; null: nothing. An upper module that knows PCs before they come registers it.</summary>
public delegate Task<PlacementWish?> PlacementWished(DeskwardContext db, Device device, CancellationToken cancellationToken);

/// <summary>A PC that comes gets its ring, its device profile, and the dynamic groups whose rule holds of it, in the transaction of its enrolment.</summary>
internal sealed class Arrivals(ServiceKey key, TimeProvider time, RuleCache rules, IEnumerable<PlacementWished> wishes)
{
    /// <summary>1. nobody else places PCs meanwhile; 2. what the same machine had; 3. what was decided of it; 4. the groups of its ring and profile; 5. the dynamic ones.</summary>
    internal async Task ArriveAsync(DeskwardContext db, Device device, CancellationToken cancellationToken)
    {
        await MemberRows.AloneAsync(db, device.TenantId, cancellationToken); // 1
        var isKnown = await MemberRows.InheritAsync(db, device, cancellationToken); // 2
        var placement = isKnown ? await db.Set<DevicePlacement>().SingleOrDefaultAsync(row => row.DeviceId == device.Id, cancellationToken) : null;
        if (placement is null)
        {
            placement = await NewAsync(db, device, cancellationToken); // 3
            db.Add(placement);
            new AuditTrail(db, time).Record(device.TenantId, "placement.add", device.Id, device.Name, after: placement.View);
            await MemberRows.AddAsync(db, device.TenantId, ServiceGroups.Of(placement).Select(group => new Membership(group, device.Id)), cancellationToken); // 4
        }

        placement.SealWith(key);
        await EvaluateAsync(db, device, placement, cancellationToken); // 5
    }

    private async Task<DevicePlacement> NewAsync(DeskwardContext db, Device device, CancellationToken cancellationToken)
    {
        PlacementWish? wish = null;
        foreach (var hook in wishes)
        {
            wish ??= await hook(db, device, cancellationToken);
        }

        var placement = new DevicePlacement { DeviceId = device.Id, TenantId = device.TenantId, RingSince = device.EnrolledAt, ProfileSince = device.EnrolledAt };
        if (wish is not { IsQuarantined: true })
        {
            placement.Profile = wish?.Profile ?? DeviceProfile.Standard;
            placement.IsPinned = wish?.Ring is not null;
            var tally = await TalliedAsync(db, device.TenantId, cancellationToken);
            placement.Ring = wish?.Ring ?? await ChooseAsync(db, tally, new PcVariety(device.Manufacturer, device.Model, device.OsBuild), cancellationToken);
            tally[placement.Ring.Value]++;
        }

        return placement;
    }

    /// <summary>The ring that a PC joins, by the shares of the contract; the tally does not count it yet.</summary>
    internal async Task<Ring> ChooseAsync(DeskwardContext db, RingTally tally, PcVariety variety, CancellationToken cancellationToken)
    {
        var lacking = await LackingAsync(db, tally, cancellationToken);
        return lacking is [var only] ? only : RingPlanner.Rarest(lacking, variety, await PresentAsync(db, tally.TenantId, cancellationToken));
    }

    /// <summary>The rings that are furthest below their share.</summary>
    internal async Task<IReadOnlyList<Ring>> LackingAsync(DeskwardContext db, RingTally tally, CancellationToken cancellationToken) =>
        RingPlanner.FurthestBelow(RingSplit.Of(await Contracts.FiguresAsync(db, tally.TenantId, time.Now(), cancellationToken)), new RingCounts(tally.First, tally.Fast, tally.Broad), tally.Test);

    /// <summary>Who stands in which ring, by what makes PCs differ.</summary>
    internal static async Task<IReadOnlyCollection<(Ring Ring, PcVariety Variety, int Count)>> PresentAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken) =>
        [.. (await (from placement in db.Set<DevicePlacement>()
                    join device in db.Set<Device>() on placement.DeviceId equals device.Id
                    where placement.TenantId == tenant && placement.Ring != null && device.State != DeviceState.Retired
                    group device by new { placement.Ring, device.Manufacturer, device.Model, device.OsBuild } into alike
                    select new { alike.Key, Count = alike.Count() }).ToListAsync(cancellationToken))
            .Select(row => (row.Key.Ring!.Value, new PcVariety(row.Key.Manufacturer, row.Key.Model, row.Key.OsBuild), row.Count))];

    /// <summary>The counts of the rings; counted when there are none yet.</summary>
    internal static async Task<RingTally> TalliedAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken)
    {
        if (await db.Set<RingTally>().SingleOrDefaultAsync(row => row.TenantId == tenant, cancellationToken) is { } known)
        {
            return known;
        }

        var tally = new RingTally { TenantId = tenant };
        await CountAsync(db, tally, cancellationToken);
        db.Add(tally);
        return tally;
    }

    internal static async Task CountAsync(DeskwardContext db, RingTally tally, CancellationToken cancellationToken)
    {
        var counts = await db.Set<DevicePlacement>().Where(row => row.TenantId == tally.TenantId && row.Ring != null)
            .Join(db.Set<Device>().Where(device => device.State != DeviceState.Retired), row => row.DeviceId, device => device.Id, (row, _) => row.Ring)
            .GroupBy(ring => ring).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(row => row.Key!.Value, row => row.Count, cancellationToken);
        foreach (var ring in Enum.GetValues<Ring>())
        {
            tally[ring] = counts.GetValueOrDefault(ring);
        }
    }

    private async Task EvaluateAsync(DeskwardContext db, Device device, DevicePlacement placement, CancellationToken cancellationToken)
    {
        var index = await rules.OfAsync(db, device.TenantId, cancellationToken);
        if (index.Groups.Count == 0)
        {
            return;
        }

        var facts = PcFacts.Of(device.AsFacts(), placement.Profile?.ToString());
        var wanted = placement.IsQuarantined ? [] : index.Groups.Where(group => group.Rule.Holds(facts)).Select(group => group.Group).ToArray();
        var others = index.Groups.Select(group => group.Group).Except(wanted).ToArray();
        await db.Set<GroupMember>().Where(row => row.TenantId == device.TenantId && row.DeviceId == device.Id && others.Contains(row.GroupId)).ExecuteDeleteAsync(cancellationToken);
        await MemberRows.AddAsync(db, device.TenantId, wanted.Select(group => new Membership(group, device.Id)), cancellationToken);
    }
}
