using Deskward.Audit;
using Deskward.DesiredState.Provided;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>The policy sets of an organisation: made and versioned as a whole or not at all, compared, renamed, archived.</summary>
/// <remarks>Every method saves, with its audit row, in one transaction.</remarks>
public sealed class PolicySets(DeskwardContext db, AuditTrail audit, TimeProvider time, ServiceKey key)
{
    private const int LongestName = 120;
    private const int LongestDescription = 2000;

    /// <summary>Checks lines as <see cref="CreateAsync"/> would; stores nothing.</summary>
    public SettingDraft Check(Guid tenant, IReadOnlyList<SettingLine> lines) => SettingDraft.Check(lines, new SecretValues(key, tenant));

    /// <summary>The settings of a version, in the order of their paths.</summary>
    public static IReadOnlyList<PolicySetting> SettingsOf(PolicySetVersion version) => SettingList.Unpack(version.Settings, Protocol.Csp.Catalogue.Default);

    /// <summary>Makes a policy set with its version 1.</summary>
    /// <returns>The version; Invalid with a detail per refused line, or when the name breaks a rule; Conflict when the name is taken.</returns>
    public Task<Outcome<PolicySetVersion>> CreateAsync(Guid tenant, string name, string description, IReadOnlyList<SettingLine> lines, CancellationToken cancellationToken) =>
        MakeAsync(tenant, new SetText(name, description), lines, cancellationToken);

    /// <summary>The same; <see cref="SetText.Shipped"/> marks what the product ships.</summary>
    internal async Task<Outcome<PolicySetVersion>> MakeAsync(Guid tenant, SetText text, IReadOnlyList<SettingLine> lines, CancellationToken cancellationToken)
    {
        var (name, description) = (text.Name, text.Description);
        var draft = Check(tenant, lines);
        if ((RefuseText(ref name, description) ?? draft.Refusal ?? await RefuseTakenAsync(tenant, name, null, cancellationToken)) is { } refusal)
        {
            return refusal;
        }

        var set = new PolicySet { TenantId = tenant, Name = name, Description = description.Trim(), LatestVersion = 1, Shipped = text.Shipped };
        var version = NewVersion(set, draft.Settings);
        db.Add(set);
        db.Add(version);
        audit.Record(tenant, "policyset.add", set.Id, set.Name, after: new { set.Name, set.Description, Version = 1, version.SettingCount });
        return await SaveAsync(version, cancellationToken);
    }

    /// <summary>Makes the next version of a policy set. Nothing that is assigned changes: assigning the version is another act.</summary>
    /// <param name="policySet">The policy set.</param>
    /// <param name="concurrency">Its <see cref="PolicySet.Version"/> as the person saw it; null when nobody looked.</param>
    /// <param name="lines">All settings of the new version.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The version; NotFound, Invalid, or Conflict when it is archived, changed meanwhile, or would equal the newest version.</returns>
    public Task<Outcome<PolicySetVersion>> AddVersionAsync(Guid policySet, int? concurrency, IReadOnlyList<SettingLine> lines, CancellationToken cancellationToken) =>
        ChangeAsync(policySet, concurrency, lines, (_, settings) => settings, cancellationToken);

    /// <summary>
    /// Makes the next version with settings in addition to those of the newest one, or in their place, and without some; what it holds besides stays as it is, secrets
    /// included. Refused as <see cref="AddVersionAsync"/>.
    /// </summary>
    /// <param name="policySet">The policy set.</param>
    /// <param name="lines">What is added or takes the place of what is there.</param>
    /// <param name="without">Paths that are left out.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task<Outcome<PolicySetVersion>> ExtendAsync(Guid policySet, IReadOnlyList<SettingLine> lines, IReadOnlyCollection<string> without, CancellationToken cancellationToken) =>
        ChangeAsync(policySet, null, lines, (newest, settings) =>
        {
            var gone = settings.Select(setting => setting.Path).Concat(without).ToHashSet(StringComparer.OrdinalIgnoreCase);
            return [.. SettingsOf(newest).Where(setting => !gone.Contains(setting.Path)).Concat(settings).OrderBy(setting => setting.Path, StringComparer.Ordinal)];
        }, cancellationToken);

    /// <summary>Gives it another name and description.</summary>
    public async Task<Outcome<PolicySet>> RenameAsync(Guid policySet, int? concurrency, string name, string description, CancellationToken cancellationToken)
    {
        if (await db.Set<PolicySet>().SingleOrDefaultAsync(row => row.Id == policySet, cancellationToken) is not { } set)
        {
            return Refusal.NotFound("policy set");
        }

        if ((RefuseText(ref name, description) ?? RefuseState(set, concurrency) ?? await RefuseTakenAsync(set.TenantId, name, set.Id, cancellationToken)) is { } refusal)
        {
            return refusal;
        }

        audit.Record(set.TenantId, "policyset.rename", set.Id, set.Name, new { set.Name, set.Description }, new { Name = name, Description = description.Trim() });
        (set.Name, set.Description) = (name, description.Trim());
        set.Version++;
        return await SaveAsync(set, cancellationToken);
    }

    /// <summary>Takes it out of use for good: no new versions, no new assignments. Refused while it is assigned.</summary>
    public async Task<Outcome<PolicySet>> ArchiveAsync(Guid policySet, int? concurrency, CancellationToken cancellationToken)
    {
        if (await db.Set<PolicySet>().SingleOrDefaultAsync(row => row.Id == policySet, cancellationToken) is not { } set)
        {
            return Refusal.NotFound("policy set");
        }

        return await AssignmentLock.InTransactionAsync<PolicySet>(db, set.TenantId, async () =>
        {
            if (RefuseState(set, concurrency) is { } refusal)
            {
                return refusal;
            }

            if (set.IsPublished)
            {
                return Refusal.Conflict("It was released to customers, who keep it. Release a version without what is not wanted any more.");
            }

            var assigned = await db.Set<Assignment>().CountAsync(row => row.PolicySetId == set.Id, cancellationToken);
            if (assigned > 0)
            {
                return Refusal.Conflict($"It is assigned to {assigned} group(s). Remove the assignments first.");
            }

            audit.Record(set.TenantId, "policyset.archive", set.Id, set.Name, new { IsArchived = false }, new { IsArchived = true });
            set.IsArchived = true;
            set.Version++;
            return await SaveAsync(set, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Makes the next version: <paramref name="join"/> says what it holds, of the newest one and of the settings of the lines.</summary>
    private async Task<Outcome<PolicySetVersion>> ChangeAsync(
        Guid policySet, int? concurrency, IReadOnlyList<SettingLine> lines, Func<PolicySetVersion, IReadOnlyList<PolicySetting>, IReadOnlyList<PolicySetting>> join, CancellationToken cancellationToken)
    {
        if (await db.Set<PolicySet>().SingleOrDefaultAsync(row => row.Id == policySet, cancellationToken) is not { } set)
        {
            return Refusal.NotFound("policy set");
        }

        var draft = Check(set.TenantId, lines);
        if ((RefuseState(set, concurrency) ?? draft.Refusal) is { } refusal)
        {
            return refusal;
        }

        var newest = await db.Set<PolicySetVersion>().AsNoTracking().SingleAsync(row => row.PolicySetId == set.Id && row.Number == set.LatestVersion, cancellationToken);
        var settings = join(newest, draft.Settings);
        if (settings.Count > SettingDraft.MostSettings)
        {
            return Refusal.Invalid($"A policy set holds at most {SettingDraft.MostSettings} settings; these are {settings.Count}.");
        }

        if (set.IsPublished && settings.Any(setting => setting.IsSecret))
        {
            return ProvidedSets.NoSecrets;
        }

        if (newest.Hash.AsSpan().SequenceEqual(SettingList.Hash(settings)))
        {
            return Refusal.Conflict($"Version {set.LatestVersion} holds the same settings already.");
        }

        set.LatestVersion++;
        set.Version++;
        var version = NewVersion(set, settings);
        db.Add(version);
        audit.Record(set.TenantId, "policyset.version", set.Id, set.Name,
            new { Version = set.LatestVersion - 1, newest.SettingCount }, new { Version = set.LatestVersion, version.SettingCount });
        return await SaveAsync(version, cancellationToken);
    }

    private PolicySetVersion NewVersion(PolicySet set, IReadOnlyList<PolicySetting> settings) => new()
    {
        TenantId = set.TenantId,
        PolicySetId = set.Id,
        Number = set.LatestVersion,
        Settings = SettingList.Pack(settings),
        SettingCount = settings.Count,
        Hash = SettingList.Hash(settings),
        CreatedBy = audit.Actor.Name,
        CreatedAt = time.Now(),
    };

    private static Refusal? RefuseText(ref string name, string description)
    {
        name = name.Trim();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            return Refusal.Invalid($"The name must have 1 to {LongestName} characters, none of them a control character.");
        }

        return description.Length > LongestDescription ? Refusal.Invalid($"The description may have {LongestDescription} characters.") : null;
    }

    private Refusal? RefuseState(PolicySet set, int? concurrency) =>
        !db.OpenTenants.Contains(set.TenantId) ? Refusal.NotAllowed("This policy set is the provider's: customers read it and cannot change it.")
        : set.IsArchived ? Refusal.Conflict("The policy set is archived.")
        : concurrency is { } seen && seen != set.Version ? Refusal.Conflict("The policy set changed meanwhile. Look at it again.") : null;

    private async Task<Refusal?> RefuseTakenAsync(Guid tenant, string name, Guid? except, CancellationToken cancellationToken) =>
        await db.Set<PolicySet>().AnyAsync(row => row.TenantId == tenant && row.Name == name && row.Id != except, cancellationToken)
            ? Refusal.Conflict($"There is a policy set named '{name}' already.") : null;

    private async Task<Outcome<T>> SaveAsync<T>(T value, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return value;
        }
        catch (DbUpdateException exception) when (exception is DbUpdateConcurrencyException || DuplicateRow.Is(exception))
        {
            return Refusal.Conflict("The policy set changed meanwhile, or its name was taken. Look at it again.");
        }
    }
}

/// <summary>What a policy set is called.</summary>
/// <param name="Name">1 to 120 characters.</param>
/// <param name="Description">Up to 2,000 characters.</param>
/// <param name="Shipped">Which of the sets that the product ships it is; null: none.</param>
internal sealed record SetText(string Name, string Description, string? Shipped = null);
