using Deskward.Devices;
using Deskward.Groups.Rings;
using Deskward.Platform;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups.Service;

/// <summary>What was counted of the groups of one customer.</summary>
internal sealed record GroupFigures(Guid Customer)
{
    /// <summary>Managed PCs, without those in quarantine.</summary>
    internal long Total { get; init; }

    /// <summary>Those of them that are in exactly one ring and exactly one profile.</summary>
    internal long Right { get; init; }

    internal long Quarantined { get; init; }

    /// <summary>Changes past the service within <see cref="GroupEvidence.Days"/>.</summary>
    internal long Tampering { get; init; }

    /// <summary>Groups that wait for confirmation.</summary>
    internal long Held { get; init; }
}

/// <summary>P6 on the board: PCs without exactly one ring and one profile, counted from the members as they are, and what was changed past the service.</summary>
internal sealed class GroupEvidence(DeskwardContext db, TimeProvider time) : IRowEvidence
{
    internal const int Days = 30;
    private const string Groups = "P6.groups";
    private const string Protection = "P6.protection";

    public string Row => "P6";

    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<EvidenceFact>>> CountAsync(IReadOnlyList<Guid> customers, CancellationToken cancellationToken)
    {
        var managed = db.Set<Device>().Where(row => customers.Contains(row.TenantId) && row.State != DeviceState.Retired);
        var total = await managed.GroupBy(row => row.TenantId).Select(group => new { group.Key, Count = group.LongCount() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
        var quarantined = await managed.Join(db.Set<DevicePlacement>().Where(row => row.Ring == null), device => device.Id, row => row.DeviceId, (device, _) => device.TenantId)
            .GroupBy(tenant => tenant).Select(group => new { group.Key, Count = group.LongCount() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
        var right = await RightAsync(managed, customers, cancellationToken);
        var since = time.Now().AddDays(-Days);
        var tampering = await db.Set<GroupTampering>().Where(row => customers.Contains(row.TenantId) && row.FoundAt > since).GroupBy(row => row.TenantId)
            .Select(group => new { group.Key, Count = group.LongCount() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
        var held = await db.Set<Group>().Where(row => customers.Contains(row.TenantId) && row.HeldAt != null).GroupBy(row => row.TenantId)
            .Select(group => new { group.Key, Count = group.LongCount() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
        return customers.ToDictionary(customer => customer, customer => Facts(new GroupFigures(customer)
        {
            Quarantined = quarantined.GetValueOrDefault(customer), Total = total.GetValueOrDefault(customer) - quarantined.GetValueOrDefault(customer), Right = right.GetValueOrDefault(customer),
            Tampering = tampering.GetValueOrDefault(customer), Held = held.GetValueOrDefault(customer),
        }));
    }

    internal static IReadOnlyList<EvidenceFact> Facts(GroupFigures figures)
    {
        var rings = $"/rings?customer={figures.Customer}";
        EvidenceFact?[] facts =
        [
            figures.Total == 0 ? new("P6.empty", EvidenceState.Unknown) { Turn = Party.Customer }
                : new("P6.placed", figures.Right == figures.Total ? EvidenceState.Good : EvidenceState.Attention)
                {
                    Numbers = [figures.Right, figures.Total], Turn = Party.Provider, Path = rings, PathDuty = Groups,
                },
            Need("unplaced", figures.Total - figures.Right, EvidenceState.Attention, Party.Provider, rings + "&by=none", Groups),
            figures is { Tampering: 0, Total: 0 } ? null // Where there are no PCs, that nothing was changed is no merit.
                : figures.Tampering == 0 ? new("P6.untouched", EvidenceState.Good) { Numbers = [Days], Path = "/groups/protection", PathDuty = Protection }
                : Need("tampering", figures.Tampering, EvidenceState.Attention, Party.Provider, "/groups/protection", Protection),
            Need("quarantine", figures.Quarantined, EvidenceState.Attention, Party.Customer, rings + "&by=quarantine", Groups),
            Need("held", figures.Held, EvidenceState.Attention, Party.Customer, "/groups", Groups),
        ];
        return [.. facts.OfType<EvidenceFact>()];
    }

    private async Task<Dictionary<Guid, long>> RightAsync(IQueryable<Device> managed, IReadOnlyList<Guid> customers, CancellationToken cancellationToken)
    {
        var perPc = from member in db.Set<GroupMember>()
                    join owned in db.Set<Group>() on member.GroupId equals owned.Id
                    where customers.Contains(owned.TenantId) && (owned.Kind == GroupKind.Ring || owned.Kind == GroupKind.Profile)
                    group owned by member.DeviceId into alike
                    select new { Device = alike.Key, Rings = alike.Count(row => row.Kind == GroupKind.Ring), Profiles = alike.Count(row => row.Kind == GroupKind.Profile) };
        return await managed.Join(perPc.Where(row => row.Rings == 1 && row.Profiles == 1), device => device.Id, row => row.Device, (device, _) => device.TenantId)
            .GroupBy(tenant => tenant).Select(group => new { group.Key, Count = group.LongCount() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
    }

    private static EvidenceFact? Need(string key, long count, EvidenceState state, Party turn, string path, string duty) =>
        count <= 0 ? null : new("P6." + key, state) { Numbers = [count], Turn = turn, Path = path, PathDuty = duty };
}
