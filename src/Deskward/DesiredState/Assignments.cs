using Deskward.Audit;
using Deskward.DesiredState.Plans;
using Deskward.DesiredState.Targets;
using Deskward.Groups;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>What came of assigning.</summary>
/// <param name="Assignment">The assignment as it is now.</param>
/// <param name="Conflicts">What it disputes with other assignments; shown, and no reason to refuse.</param>
public sealed record AssignmentResult(Assignment Assignment, IReadOnlyList<AssignmentConflict> Conflicts);

/// <summary>What would come of assigning.</summary>
/// <param name="Conflicts">What it would dispute.</param>
/// <param name="Plan">What would become of the documents of PCs.</param>
public sealed record AssignmentPreview(IReadOnlyList<AssignmentConflict> Conflicts, DocumentPlan Plan);

/// <summary>
/// Puts versions of policy sets on groups. It writes the assignment, its audit row, and one row per assignment set that holds the group, however
/// many PCs there are; only a listed group that begins or ceases to carry anything moves its members to other sets.
/// </summary>
/// <remarks>Every method saves, with its audit row, in one transaction.</remarks>
public sealed class Assignments
{
    private readonly DeskwardContext _db;
    private readonly AuditTrail _audit;
    private readonly TimeProvider _time;
    private readonly SetInterning _interning;
    private readonly AssignmentConflicts _conflicts;
    private readonly SettingsCache _settings;
    private readonly ChangePlans _plans;

    internal Assignments(DeskwardContext db, AuditTrail audit, TimeProvider time, SetInterning interning, AssignmentConflicts conflicts, SettingsCache settings, ChangePlans plans) =>
        (_db, _audit, _time, _interning, _conflicts, _settings, _plans) = (db, audit, time, interning, conflicts, settings, plans);

    /// <summary>Puts a version on a group, in a layer; nobody looked at the plan.</summary>
    /// <returns>As the other.</returns>
    public Task<Outcome<AssignmentResult>> AssignAsync(Guid version, Guid group, Layer layer, CancellationToken cancellationToken) => AssignAsync(version, group, layer, null, cancellationToken);

    /// <summary>Puts a version on a group, in a layer.</summary>
    /// <param name="version">The version.</param>
    /// <param name="group">The group.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="digest">That of the plan which the person saw: another one is refused with Conflict; null when nobody looked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The assignment with its conflicts; NotFound, or Conflict when the policy set is archived, is on this group already, the group has a profile, or the layer is that of exceptions.</returns>
    public async Task<Outcome<AssignmentResult>> AssignAsync(Guid version, Guid group, Layer layer, string? digest, CancellationToken cancellationToken) =>
        layer == Layer.Exception ? Refusal.Conflict("An exception comes from a request that was approved.") : await PutAsync(version, group, layer, digest, cancellationToken);

    /// <summary>Puts what a request asked for in the layer of exceptions; only its approval does.</summary>
    internal Task<Outcome<AssignmentResult>> AssignExceptionAsync(Guid version, Guid group, CancellationToken cancellationToken) => PutAsync(version, group, Layer.Exception, null, cancellationToken);

    private async Task<Outcome<AssignmentResult>> PutAsync(Guid version, Guid group, Layer layer, string? digest, CancellationToken cancellationToken)
    {
        if (await PlaceAsync(version, group, cancellationToken) is not { } place)
        {
            return Refusal.NotFound("policy set version or group");
        }

        return await AssignmentLock.InTransactionAsync<AssignmentResult>(_db, place.Group.TenantId, async () =>
        {
            if (await RefuseAsync(place, layer, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            var tenant = place.Group.TenantId;
            var assignment = new Assignment
            {
                TenantId = tenant, PolicySetId = place.Set.Id, PolicySetVersionId = version, GroupId = group, Layer = layer, AssignedAt = _time.Now(),
            };
            var come = await SettingsAsync(assignment, cancellationToken);
            if (await KeepAsync(place, PlanCause.Assigned, await _plans.OfAsync(place.Group, null, come, place.Set.Name, cancellationToken), digest, cancellationToken) is { } stale)
            {
                return stale;
            }

            var begins = !await _db.Set<Assignment>().AnyAsync(row => row.GroupId == group, cancellationToken);
            _db.Add(assignment);
            _audit.Record(tenant, "assignment.add", assignment.Id, place.Set.Name, after: View(place, layer));
            await _db.SaveChangesAsync(cancellationToken);
            if (begins && place.Group.HasMembers)
            {
                await _interning.EnterAsync(tenant, group, begins: true, cancellationToken);
            }

            return await ResultAsync(assignment, come, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Puts another version in the place of the one that is assigned; nobody looked at the plan.</summary>
    /// <returns>As the other.</returns>
    public Task<Outcome<AssignmentResult>> ChangeVersionAsync(Guid assignment, int? concurrency, Guid version, CancellationToken cancellationToken) => ChangeVersionAsync(assignment, concurrency, version, null, cancellationToken);

    /// <summary>Puts another version of the same policy set in the place of the one that is assigned.</summary>
    /// <param name="assignment">The assignment.</param>
    /// <param name="concurrency">Its <see cref="Assignment.Version"/> as the person saw it; null when nobody looked.</param>
    /// <param name="version">The version to assign.</param>
    /// <param name="digest">As when assigning.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The assignment with its conflicts; NotFound, Invalid when the version is of another policy set, Conflict when it changed meanwhile.</returns>
    public async Task<Outcome<AssignmentResult>> ChangeVersionAsync(Guid assignment, int? concurrency, Guid version, string? digest, CancellationToken cancellationToken)
    {
        if (await _db.Set<Assignment>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == assignment, cancellationToken) is not { } known
            || await PlaceAsync(version, known.GroupId, cancellationToken) is not { } place)
        {
            return Refusal.NotFound("assignment or policy set version");
        }

        return await AssignmentLock.InTransactionAsync<AssignmentResult>(_db, known.TenantId, async () =>
        {
            if (await _db.Set<Assignment>().SingleOrDefaultAsync(row => row.Id == assignment, cancellationToken) is not { } row || (concurrency is { } seen && seen != row.Version))
            {
                return Refusal.Conflict("The assignment changed meanwhile. Look at it again.");
            }

            if (row.Layer == Layer.Exception)
            {
                return Refusal.Conflict("What an exception sets was approved as it is. Ask for another one.");
            }

            if (place.Version.PolicySetId != row.PolicySetId || place.Set.IsArchived)
            {
                return Refusal.Invalid(place.Set.IsArchived ? "The policy set is archived." : "The version is of another policy set.");
            }

            if (await RefuseProvidersAsync(place, row.Layer, isTakingAway: false, cancellationToken) is { } providers)
            {
                return providers;
            }

            if (await RefuseTargetAsync(place, row.Layer, cancellationToken) is { } target)
            {
                return target;
            }

            var (gone, come) = (await SettingsAsync(row, cancellationToken), await SettingsAsync(row, version, cancellationToken));
            if (await KeepAsync(place, PlanCause.VersionChanged, await _plans.OfAsync(place.Group, gone, come, place.Set.Name, cancellationToken), digest, cancellationToken) is { } stale)
            {
                return stale;
            }

            var before = await _db.Set<PolicySetVersion>().Where(other => other.Id == row.PolicySetVersionId).Select(other => other.Number).SingleAsync(cancellationToken);
            (row.PolicySetVersionId, row.AssignedAt, row.Version) = (version, _time.Now(), row.Version + 1);
            _audit.Record(row.TenantId, "assignment.change", row.Id, place.Set.Name, new { Version = before }, View(place, row.Layer));
            await _db.SaveChangesAsync(cancellationToken);
            return await ResultAsync(row, come, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Takes an assignment away; nobody looked at the plan.</summary>
    /// <returns>As the other.</returns>
    public Task<Outcome<Assignment>> RemoveAsync(Guid assignment, int? concurrency, CancellationToken cancellationToken) => RemoveAsync(assignment, concurrency, null, cancellationToken);

    /// <summary>Takes an assignment away; what it alone wanted leaves the PCs.</summary>
    /// <param name="assignment">The assignment.</param>
    /// <param name="concurrency">Its <see cref="Assignment.Version"/> as the person saw it; null when nobody looked.</param>
    /// <param name="digest">As when assigning.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The assignment as it was; NotFound, or Conflict when it changed meanwhile or is an exception.</returns>
    public Task<Outcome<Assignment>> RemoveAsync(Guid assignment, int? concurrency, string? digest, CancellationToken cancellationToken) =>
        TakeAwayAsync(assignment, concurrency, digest, isException: false, cancellationToken);

    /// <summary>Takes an exception off its PCs, at its agreed end or with the customer's consent.</summary>
    internal Task<Outcome<Assignment>> RemoveExceptionAsync(Guid assignment, CancellationToken cancellationToken) => TakeAwayAsync(assignment, null, null, isException: true, cancellationToken);

    private async Task<Outcome<Assignment>> TakeAwayAsync(Guid assignment, int? concurrency, string? digest, bool isException, CancellationToken cancellationToken)
    {
        if (await _db.Set<Assignment>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == assignment, cancellationToken) is not { } known
            || await PlaceAsync(known.PolicySetVersionId, known.GroupId, cancellationToken) is not { } place)
        {
            return Refusal.NotFound("assignment");
        }

        if (known.Layer == Layer.Exception != isException)
        {
            return Refusal.Conflict("An exception goes at its agreed end, or when the customer consents.");
        }

        return await AssignmentLock.InTransactionAsync<Assignment>(_db, known.TenantId, async () =>
        {
            if (await _db.Set<Assignment>().SingleOrDefaultAsync(row => row.Id == assignment, cancellationToken) is not { } row || (concurrency is { } seen && seen != row.Version))
            {
                return Refusal.Conflict("The assignment changed meanwhile. Look at it again.");
            }

            if (!isException && await RefuseProvidersAsync(place, row.Layer, isTakingAway: true, cancellationToken) is { } providers)
            {
                return providers;
            }

            var gone = await SettingsAsync(row, cancellationToken);
            if (await KeepAsync(place, PlanCause.Unassigned, await _plans.OfAsync(place.Group, gone, null, place.Set.Name, cancellationToken), digest, cancellationToken) is { } stale)
            {
                return stale;
            }

            _db.Remove(row);
            _audit.Record(row.TenantId, "assignment.remove", row.Id, place.Set.Name, before: View(place, row.Layer));
            await _db.SaveChangesAsync(cancellationToken);
            await _interning.TouchAsync(row.TenantId, row.GroupId, cancellationToken);
            if (place.Group.HasMembers && !await _db.Set<Assignment>().AnyAsync(other => other.GroupId == row.GroupId, cancellationToken))
            {
                await _interning.LeaveAsync(row.TenantId, row.GroupId, all: true, cancellationToken);
            }

            return row;
        }, cancellationToken);
    }

    /// <summary>What assigning would dispute; changes nothing.</summary>
    public async Task<Outcome<AssignmentPreview>> PreviewAsync(Guid version, Guid group, Layer layer, CancellationToken cancellationToken)
    {
        if (await PlaceAsync(version, group, cancellationToken) is not { } place || await _settings.VersionAsync(_db, version, cancellationToken) is not { } settings)
        {
            return Refusal.NotFound("policy set version or group");
        }

        if ((await RefuseProvidersAsync(place, layer, isTakingAway: false, cancellationToken) ?? await RefuseTargetAsync(place, layer, cancellationToken)) is { } target)
        {
            return target;
        }

        var existing = await _db.Set<Assignment>().AsNoTracking().SingleOrDefaultAsync(row => row.GroupId == group && row.PolicySetId == place.Set.Id, cancellationToken);
        var come = new AssignedSettings(existing?.Id ?? Guid.Empty, version, layer, settings);
        var sets = await _interning.ReachedAsync(place.Group, cancellationToken);
        return new AssignmentPreview(
            await _conflicts.FindAsync(come, sets, cancellationToken),
            await _plans.OfAsync(place.Group, existing is null ? null : await SettingsAsync(existing, cancellationToken), come, place.Set.Name, cancellationToken));
    }

    /// <summary>What taking an assignment away would do; changes nothing.</summary>
    public async Task<Outcome<DocumentPlan>> PreviewRemovalAsync(Guid assignment, CancellationToken cancellationToken) =>
        await _db.Set<Assignment>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == assignment, cancellationToken) is not { } row
        || await PlaceAsync(row.PolicySetVersionId, row.GroupId, cancellationToken) is not { } place ? Refusal.NotFound("assignment")
        : row.Layer != Layer.Exception && await RefuseProvidersAsync(place, row.Layer, isTakingAway: true, cancellationToken) is { } refusal ? refusal
        : await _plans.OfAsync(place.Group, await SettingsAsync(row, cancellationToken), null, place.Set.Name, cancellationToken);

    /// <summary>What an exception would do, whose settings are no policy set yet; changes nothing.</summary>
    internal async Task<DocumentPlan> PlanExceptionAsync(Guid group, IReadOnlyList<PolicySetting> settings, string name, CancellationToken cancellationToken) =>
        await _db.Set<Group>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == group, cancellationToken) is { } target
            ? await _plans.OfAsync(target, null, new AssignedSettings(Guid.Empty, Guid.Empty, Layer.Exception, [.. settings]), name, cancellationToken)
            : DocumentPlan.Empty;

    private async Task<AssignmentResult> ResultAsync(Assignment assignment, AssignedSettings own, CancellationToken cancellationToken)
    {
        var sets = await _interning.TouchAsync(assignment.TenantId, assignment.GroupId, cancellationToken);
        return new AssignmentResult(assignment, await _conflicts.FindAsync(own, sets, cancellationToken));
    }

    private Task<AssignedSettings> SettingsAsync(Assignment assignment, CancellationToken cancellationToken) => SettingsAsync(assignment, assignment.PolicySetVersionId, cancellationToken);

    private async Task<AssignedSettings> SettingsAsync(Assignment assignment, Guid version, CancellationToken cancellationToken) =>
        (await _settings.LoadAsync(_db, [new AssignedVersion(assignment.Id, version, assignment.Layer)], cancellationToken)).Single();

    private Task<Refusal?> KeepAsync(Place place, PlanCause cause, DocumentPlan plan, string? digest, CancellationToken cancellationToken) =>
        _plans.KeepAsync(new PlanSubject(place.Group.TenantId, cause, $"{place.Set.Name} ({place.Version.Number}), {place.Group.Name}", place.Set.Id), plan, digest, cancellationToken);

    private async Task<Refusal?> RefuseAsync(Place place, Layer layer, CancellationToken cancellationToken)
    {
        if (place.Set.IsArchived || await _db.Set<PolicySet>().AnyAsync(row => row.Id == place.Set.Id && row.IsArchived, cancellationToken))
        {
            return Refusal.Conflict("The policy set is archived.");
        }

        if (!await _db.Set<Group>().AnyAsync(row => row.Id == place.Group.Id, cancellationToken))
        {
            return Refusal.NotFound("group");
        }

        if ((await RefuseProvidersAsync(place, layer, isTakingAway: false, cancellationToken) ?? await RefuseTargetAsync(place, layer, cancellationToken)) is { } target)
        {
            return target;
        }

        var there = await _db.Set<Assignment>().Where(row => row.GroupId == place.Group.Id).Select(row => new { row.PolicySetId, row.Layer }).ToListAsync(cancellationToken);
        return there.Any(row => row.PolicySetId == place.Set.Id) ? Refusal.Conflict("The policy set is assigned to this group already. Change its version instead.")
            : layer == Layer.Profile && there.Any(row => row.Layer == Layer.Profile) ? Refusal.Conflict("The group has its device profile already. Remove it first.") : null;
    }

    private async Task<Refusal?> RefuseTargetAsync(Place place, Layer layer, CancellationToken cancellationToken) => !place.Group.IsServiceOwned ? null
        : ServiceGroupTargets.Refuse(place.Group, layer, (await _settings.VersionAsync(_db, place.VersionId, cancellationToken) ?? []).Select(setting => setting.Path));

    /// <summary>The foundation, the device profiles and the exceptions are the provider's to assign, and so are its own policy sets; a customer's people put what is theirs above them.</summary>
    private async Task<Refusal?> RefuseProvidersAsync(Place place, Layer layer, bool isTakingAway, CancellationToken cancellationToken)
    {
        if (place.IsProvided && !isTakingAway && ProvidedTargets.Refuse(place.Set, place.Version.Number, place.Group, layer) is { } refusal)
        {
            return refusal;
        }

        var (actor, tenant) = (_audit.Actor, place.Group.TenantId);
        var isTheirs = !place.IsProvided && layer == Layer.Customer;
        return !isTheirs && actor.Kind == ActorKind.Person && await _db.Set<Person>().AnyAsync(row => row.Id == actor.Id && row.TenantId == tenant, cancellationToken)
            ? ProvidedTargets.ProviderOnly : null;
    }

    private async Task<Place?> PlaceAsync(Guid version, Guid group, CancellationToken cancellationToken)
    {
        var found = await _db.Set<PolicySetVersion>().AsNoTracking().Where(row => row.Id == version)
            .Join(_db.Set<PolicySet>(), row => row.PolicySetId, set => set.Id, (row, set) => new { Version = new VersionPlace(row.PolicySetId, row.Number, row.SettingCount), Set = set, row.TenantId })
            .SingleOrDefaultAsync(cancellationToken);
        var target = await _db.Set<Group>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == group, cancellationToken);

        // A provider's person may have several customers open: what is assigned and to whom must be of one of them, or what is assigned be the provider's.
        return found is null || target is null || (found.TenantId != target.TenantId && found.TenantId != await TenantLookup.ProviderAsync(_db, cancellationToken)) ? null : new Place(version, found.Version, found.Set, target);
    }

    private static object View(Place place, Layer layer) =>
        new { PolicySet = place.Set.Name, place.Version.Number, place.Version.SettingCount, Group = place.Group.Name, Layer = layer.ToString() };

    private sealed record VersionPlace(Guid PolicySetId, int Number, int SettingCount);

    private sealed record Place(Guid VersionId, VersionPlace Version, PolicySet Set, Group Group)
    {
        /// <summary>It is the provider's, put on a customer's group.</summary>
        public bool IsProvided => Set.TenantId != Group.TenantId;
    }
}
