using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Provided;

/// <summary>
/// The provider's own policy sets, which are there once for all customers: made like any other, released version by version, and assigned to a customer's groups by
/// the provider. Until a version is released, customers do not see it.
/// </summary>
public sealed class ProvidedSets(DeskwardContext db, AuditTrail audit, PolicySets sets)
{
    internal static readonly Refusal ProviderOnly = Refusal.NotAllowed("Only the provider releases policy sets, and only its own.");
    internal static readonly Refusal NoSecrets = Refusal.Invalid("What every customer reads holds no secret. Put secrets into a policy set of the customer.");

    /// <summary>
    /// Releases a version: customers read it, new assignments take it, and those who have the set assigned are brought to it by <see cref="SetRollout"/>. An earlier version can be
    /// released again.
    /// </summary>
    /// <param name="policySet">A policy set of the provider, whose organisation is open.</param>
    /// <param name="concurrency">Its <see cref="PolicySet.Version"/> as the person saw it; null when nobody looked.</param>
    /// <param name="number">Number of the version.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The set; NotFound, NotAllowed where the set is no provider's, Invalid when it holds secrets, Conflict when it is archived, changed meanwhile or has that version released.</returns>
    public async Task<Outcome<PolicySet>> ReleaseAsync(Guid policySet, int? concurrency, int number, CancellationToken cancellationToken)
    {
        var set = await db.Set<PolicySet>().SingleOrDefaultAsync(row => row.Id == policySet, cancellationToken);
        var version = await db.Set<PolicySetVersion>().SingleOrDefaultAsync(row => row.PolicySetId == policySet && row.Number == number, cancellationToken);
        if (set is null || version is null)
        {
            return Refusal.NotFound("policy set version");
        }

        if (set.TenantId != await TenantLookup.ProviderAsync(db, cancellationToken) || !db.OpenTenants.Contains(set.TenantId))
        {
            return ProviderOnly;
        }

        if (Refuse(set, concurrency, version) is { } refusal)
        {
            return refusal;
        }

        audit.Record(set.TenantId, "policyset.release", set.Id, set.Name, new { Version = set.ReleasedVersion }, new { Version = number });
        version.IsPublished = true;
        (set.IsPublished, set.ReleasedVersion, set.ReleasedBy) = (true, number, audit.Actor.Name);
        set.Version++;
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return set;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Conflict("The policy set changed meanwhile. Look at it again.");
        }
    }

    /// <summary>
    /// Makes a set that the product ships where it is missing, and releases it. Where it is there and no version of it holds these settings, they become its next version, which
    /// somebody of the provider looks at and releases. The provider must be open.
    /// </summary>
    public async Task<Refusal?> EnsureAsync(Guid provider, string shipped, string name, string description, IReadOnlyList<SettingLine> settings, CancellationToken cancellationToken)
    {
        var draft = sets.Check(provider, settings);
        if (draft.Refusal is { } refusal)
        {
            return refusal;
        }

        var hash = SettingList.Hash(draft.Settings);
        if (await IsThereAsync(provider, shipped, hash, cancellationToken))
        {
            return null;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"shipped:{shipped}", cancellationToken); // Nodes start together.
        if (await IsThereAsync(provider, shipped, hash, cancellationToken))
        {
            return null;
        }

        var there = await db.Set<PolicySet>().AsNoTracking().SingleOrDefaultAsync(row => row.TenantId == provider && row.Shipped == shipped, cancellationToken);
        var made = there is null
            ? await sets.MakeAsync(provider, new SetText(name, description, shipped), settings, cancellationToken)
            : await sets.AddVersionAsync(there.Id, there.Version, settings, cancellationToken);
        if ((made.Refusal ?? (there is null ? (await ReleaseAsync(made.Value!.PolicySetId, null, 1, cancellationToken)).Refusal : null)) is { } refused)
        {
            return refused;
        }

        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private Task<bool> IsThereAsync(Guid provider, string shipped, byte[] hash, CancellationToken cancellationToken) => db.Set<PolicySet>().Where(row => row.TenantId == provider && row.Shipped == shipped)
        .Join(db.Set<PolicySetVersion>(), row => row.Id, row => row.PolicySetId, (_, row) => row.Hash).AnyAsync(found => found == hash, cancellationToken);

    private static Refusal? Refuse(PolicySet set, int? concurrency, PolicySetVersion version) =>
        set.IsArchived ? Refusal.Conflict("The policy set is archived.")
        : concurrency is { } seen && seen != set.Version ? Refusal.Conflict("The policy set changed meanwhile. Look at it again.")
        : set.ReleasedVersion == version.Number ? Refusal.Conflict($"Version {version.Number} is released already.")
        : PolicySets.SettingsOf(version).Any(setting => setting.IsSecret) ? NoSecrets : null;
}
