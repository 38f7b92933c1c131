using Deskward.Devices;
using Deskward.Groups;
using Deskward.Platform;
using Deskward.Protocol.Csp;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Answers;

/// <summary>
/// Answers "why this value?" for a PC: decides again, from the assignments as they are now, and adds by whose decision, what it would be otherwise, and how it
/// stands on which evidence.
/// </summary>
public sealed class PcExplanations
{
    private readonly DeskwardContext _db;
    private readonly SetCompiler _compiler;
    private readonly TimeProvider _time;

    internal PcExplanations(DeskwardContext db, SetCompiler compiler, TimeProvider time) => (_db, _compiler, _time) = (db, compiler, time);

    /// <summary>Every setting that is wanted of a PC of an open organisation, and whatever has not left it yet; by path.</summary>
    public Task<List<SettingExplanation>> AllAsync(Device device, CancellationToken cancellationToken) => ExplainAsync(device, null, cancellationToken);

    /// <summary>One setting, in any spelling that Windows takes; nothing but its path when nobody wants anything and nothing is known of it.</summary>
    public async Task<SettingExplanation> OneAsync(Device device, string path, CancellationToken cancellationToken) =>
        (await ExplainAsync(device, Catalogue.Default.CanonicalPath(path) ?? path, cancellationToken))[0];

    /// <summary>1. what is assigned and what comes of it; 2. how that stands on the PC; 3. where it comes from and who decided; 4. put together by path.</summary>
    private async Task<List<SettingExplanation>> ExplainAsync(Device device, string? only, CancellationToken cancellationToken)
    {
        var rulings = new Rulings(await AssignedAsync(device, cancellationToken)); // 1
        var known = await DeviceSettings.KnownAsync(_db, device, cancellationToken);
        var standings = DeviceSettings.Of(device, PlannerTarget.Of(rulings.Document), known, _time.Now()); // 2
        if (only is not null)
        {
            standings = standings.Where(setting => string.Equals(setting.Path, only, StringComparison.OrdinalIgnoreCase)).DefaultIfEmpty(new DeviceSetting { Path = only, Outcome = SettingOutcome.Waiting });
        }

        // What is in dispute may still have to leave: it is told once, as the conflict it is.
        var shown = standings.DistinctBy(setting => setting.Path, StringComparer.Ordinal).OrderBy(setting => setting.Path, StringComparer.Ordinal).ToList();
        Guid[] assignments = [.. shown.SelectMany(setting => rulings.Find(setting.Path)?.Fates ?? []).Select(fate => fate.Wish.From.AssignmentId).Distinct()];
        var origins = await OriginsAsync(assignments, cancellationToken); // 3
        var teller = new Teller(device, origins, await Decisions.ReadAsync(_db, device, origins.Values, cancellationToken), rulings, known.Evidence);
        return [.. shown.Select(setting => teller.Tell(setting))]; // 4
    }

    private async Task<IReadOnlyList<AssignedSettings>> AssignedAsync(Device device, CancellationToken cancellationToken)
    {
        var packed = device.AssignmentSetId is not { } set ? null
            : await _db.Set<AssignmentSet>().Where(row => row.Id == set && row.TenantId == device.TenantId).Select(row => row.GroupIds).SingleOrDefaultAsync(cancellationToken);
        Guid[] groups = [.. GroupKeys.Read(packed ?? [])];
        var assigned = await _compiler.AssignedAsync(_db, groups, cancellationToken);
        return [.. groups.SelectMany(group => assigned[group])];
    }

    private Task<Dictionary<Guid, Origin>> OriginsAsync(Guid[] assignments, CancellationToken cancellationToken) =>
        (from row in _db.Set<Assignment>()
         join version in _db.Set<PolicySetVersion>() on row.PolicySetVersionId equals version.Id
         join set in _db.Set<PolicySet>() on row.PolicySetId equals set.Id
         join carrier in _db.Set<Group>() on row.GroupId equals carrier.Id
         where assignments.Contains(row.Id)
         select new Origin
         {
             AssignmentId = row.Id, AssignmentVersion = row.Version, AssignedAt = row.AssignedAt, PolicySetId = set.Id, PolicySet = set.Name, Number = version.Number,
             PublishedBy = version.CreatedBy, PublishedAt = version.CreatedAt, GroupId = carrier.Id, Group = carrier.Name, GroupKind = carrier.Kind,
         }).ToDictionaryAsync(origin => origin.AssignmentId, cancellationToken);
}
