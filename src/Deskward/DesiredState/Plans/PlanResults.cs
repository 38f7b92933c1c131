using Deskward.Devices;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Deskward.Protocol.Csp;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Plans;

/// <summary>A plan that was carried out, with what was planned.</summary>
public sealed record KnownPlan(CarriedOutPlan Row, DocumentPlan Plan);

/// <summary>How the PCs of a plan stand.</summary>
/// <param name="Planned">PCs of the plan.</param>
/// <param name="AsPlanned">Of them those of which everything is as planned, told by the sets.</param>
/// <param name="Joined">PCs that came to stand among them later.</param>
public sealed record PlanStanding(int Planned, int AsPlanned, int Joined);

/// <summary>What became of a plan on one PC.</summary>
/// <param name="Id">The PC.</param>
/// <param name="Name">Its name.</param>
/// <param name="Result">The worst of its flips.</param>
/// <param name="Flips">What is not as planned.</param>
public sealed record PlannedPcResult(Guid Id, string Name, PlanResult Result, IReadOnlyList<FlipResult> Flips);

/// <summary>
/// Compares plans with what happened. PCs that stand in their desired state, in a set whose document still has what was planned, are counted by set; only the
/// others are looked at one by one, a page at a time.
/// </summary>
public sealed class PlanResults
{
    private readonly DeskwardContext _db;
    private readonly SetCompiler _compiler;
    private readonly DocumentStore _documents;
    private readonly TimeProvider _time;

    internal PlanResults(DeskwardContext db, SetCompiler compiler, DocumentStore documents, TimeProvider time) => (_db, _compiler, _documents, _time) = (db, compiler, documents, time);

    /// <summary>A plan of an open organisation; null when there is none, or its record cannot be read.</summary>
    public async Task<KnownPlan?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await _db.Set<CarriedOutPlan>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is { } row && PlanContent.Read(row.Content) is { } plan ? new KnownPlan(row, plan) : null;

    /// <summary>How many PCs stand how.</summary>
    public async Task<PlanStanding> StandingAsync(KnownPlan plan, CancellationToken cancellationToken)
    {
        var population = await PlanPopulation.OfAsync(_db, plan, cancellationToken);
        var planned = await population.Planned.CountAsync(cancellationToken);
        var open = await OpenAsync(plan, population, cancellationToken);
        return new PlanStanding(planned, planned - await open.CountAsync(cancellationToken), await population.Joined.CountAsync(cancellationToken));
    }

    /// <summary>The PCs of which not everything is known to be as planned, and those that joined; by name.</summary>
    public async Task<(IReadOnlyList<PlannedPcResult> Pcs, int Total)> PageAsync(KnownPlan plan, int skip, int take, CancellationToken cancellationToken)
    {
        var population = await PlanPopulation.OfAsync(_db, plan, cancellationToken);
        var open = await OpenAsync(plan, population, cancellationToken);
        var (planned, joined) = (open.Select(row => row.Id), population.Joined.Select(row => row.Id));
        var all = _db.Set<Device>().AsNoTracking().Where(row => row.TenantId == plan.Row.TenantId && (planned.Contains(row.Id) || joined.Contains(row.Id)));
        var pcs = await all.OrderBy(row => row.Search).ThenBy(row => row.Id).Skip(skip).Take(take).ToListAsync(cancellationToken);
        return (await CompareAsync(plan, population, pcs, cancellationToken), await all.CountAsync(cancellationToken));
    }

    /// <summary>What became of a plan on each of these PCs that has to do with it.</summary>
    internal async Task<IReadOnlyList<PlannedPcResult>> OfAsync(KnownPlan plan, IReadOnlyCollection<Device> pcs, CancellationToken cancellationToken) =>
        await CompareAsync(plan, await PlanPopulation.OfAsync(_db, plan, cancellationToken), pcs, cancellationToken);

    /// <summary>Compares what was planned for these PCs with their evidence; those of which nothing was planned are left out, but for those that joined.</summary>
    private async Task<IReadOnlyList<PlannedPcResult>> CompareAsync(KnownPlan plan, PlanPopulation population, IReadOnlyCollection<Device> pcs, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. pcs.Select(pc => pc.Id)];
        var progress = await _db.Set<DeviceProgress>().AsNoTracking().Where(row => ids.Contains(row.DeviceId)).Select(row => new { row.DeviceId, row.Evidence }).ToDictionaryAsync(row => row.DeviceId, row => row.Evidence, cancellationToken);
        var places = await population.PlacesAsync(_db, ids, cancellationToken);
        var results = new List<PlannedPcResult>();
        foreach (var pc in pcs.Where(pc => places.ContainsKey(pc.Id)))
        {
            var place = places[pc.Id];
            var shared = PlannerTarget.Of(await _documents.CurrentAsync(_db, pc.TenantId, pc.AssignmentSetId, cancellationToken));
            var flips = PlanComparison.Compare(plan.Plan.Changes[place.Change], new PcUnderPlan
            {
                IsPlanned = place.IsPlanned, IsManaged = pc.State == DeviceState.Enrolled, IsWhereLeft = place.IsWhereLeft, IsSeen = pc.LastSeenAt > plan.Row.At, Shared = shared,
                Own = Overlay.Apply(shared, new OverlayFacts(pc.Id, pc.HardwareId, pc.Name, pc.Serial, pc.UserAddress)),
                Evidence = EvidenceCodec.Read(progress.GetValueOrDefault(pc.Id)) ?? new Evidence(),
                Facts = new PlannerFacts { Build = OsBuild.TryParse(pc.OsBuild, out var build) ? build : null, Edition = pc.Edition, IsDeviceEnrolment = pc.IsDeviceEnrolment, Now = _time.Now() },
            });
            results.Add(new PlannedPcResult(pc.Id, pc.Name, PlanComparison.WorstOf(flips), [.. flips.Where(flip => flip.Result != PlanResult.AsPlanned)]));
        }

        return results;
    }

    /// <summary>The PCs of the plan that must be looked at one by one: moved since, out of management, not in their desired state, in a set that something later changed, or unable to have or to leave the setting.</summary>
    private async Task<IQueryable<Device>> OpenAsync(KnownPlan plan, PlanPopulation population, CancellationToken cancellationToken)
    {
        var (tenant, changed) = (plan.Row.TenantId, await ChangedSetsAsync(plan, population, cancellationToken));
        string[] paths = [.. plan.Plan.Changes.SelectMany(change => change.Flips).Select(flip => flip.Path).Distinct()];
        var settled = _db.Set<AssignmentSet>().Where(row => row.TenantId == tenant);
        var odd = _db.Set<OpenSetting>().Where(row => row.TenantId == tenant && (row.Outcome == SettingOutcome.NotApplicable || row.Outcome == SettingOutcome.LeftBehind) && paths.Contains(row.Path)).Select(row => row.DeviceId);
        return population.Planned.Where(row => row.State != DeviceState.Enrolled || !row.IsClean || row.AssignmentSetId == null || changed.Contains(row.AssignmentSetId.Value)
            || !settled.Any(set => set.Id == row.AssignmentSetId && set.DesiredHash == row.SettledHash) || odd.Contains(row.Id));
    }

    /// <summary>Of the sets in which PCs of the plan stand now, those whose document has not what was planned for every PC that may stand there.</summary>
    private async Task<Guid[]> ChangedSetsAsync(KnownPlan plan, PlanPopulation population, CancellationToken cancellationToken)
    {
        var standing = (await population.Planned.Where(row => row.AssignmentSetId != null).Select(row => row.AssignmentSetId!.Value).Distinct().ToListAsync(cancellationToken)).ToHashSet();
        var sets = (await new SetInterning(_db).SetsAsync(plan.Row.TenantId, cancellationToken)).Where(set => standing.Contains(set.Id)).ToList();
        var assigned = await _compiler.AssignedAsync(_db, [.. sets.SelectMany(set => set.Groups).Distinct()], cancellationToken);
        var scope = new PlanScope(plan.Plan.Changes.SelectMany(change => change.Flips).Select(flip => flip.Path));
        return [.. sets.Where(set =>
        {
            var target = scope.TargetOf([.. set.Groups.SelectMany(group => assigned[group])]);
            return population.ChangesAt(set.Id).Any(change => !plan.Plan.Changes[change].Flips.All(flip => PlanComparison.IsWanted(flip, target)));
        }).Select(set => set.Id)];
    }
}
