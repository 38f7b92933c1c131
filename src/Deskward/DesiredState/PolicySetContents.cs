using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>A setting as it may be shown.</summary>
/// <param name="Path">LocURI.</param>
/// <param name="Format">Meta/Format.</param>
/// <param name="Value">The value; null when it is secret.</param>
/// <param name="IsSecret">Whether it is.</param>
/// <param name="IsOverridable">Whether a higher layer may override it.</param>
public sealed record SettingView(string Path, string Format, string? Value, bool IsSecret, bool IsOverridable)
{
    internal static SettingView Of(PolicySetting setting) =>
        new(setting.Path, setting.Format, setting.IsSecret ? null : setting.Value, setting.IsSecret, setting.IsOverridable);
}

/// <summary>A setting that two versions have differently; of a secret only that it changed.</summary>
public sealed record ChangedSetting(SettingView Before, SettingView After);

/// <summary>What a version has that another has not; each list in the order of the paths.</summary>
public sealed record VersionComparison(IReadOnlyList<SettingView> Added, IReadOnlyList<SettingView> Removed, IReadOnlyList<ChangedSetting> Changed);

/// <summary>What stands in versions of policy sets.</summary>
public sealed class PolicySetContents
{
    private readonly DeskwardContext _db;
    private readonly SettingsCache _settings;

    internal PolicySetContents(DeskwardContext db, SettingsCache settings) => (_db, _settings) = (db, settings);

    /// <summary>The settings of a version in the order of their paths; null when there is no such version.</summary>
    public async Task<IReadOnlyList<SettingView>?> SettingsAsync(Guid version, CancellationToken cancellationToken) =>
        await _settings.VersionAsync(_db, version, cancellationToken) is { } settings ? [.. settings.Select(SettingView.Of)] : null;

    /// <summary>What changes from one version to another.</summary>
    /// <returns>The comparison; NotFound, or Invalid when the versions belong to different organisations.</returns>
    public async Task<Outcome<VersionComparison>> CompareAsync(Guid before, Guid after, CancellationToken cancellationToken)
    {
        var tenants = await _db.Set<PolicySetVersion>().Where(row => row.Id == before || row.Id == after).Select(row => row.TenantId).Distinct().CountAsync(cancellationToken);
        if (await _settings.VersionAsync(_db, before, cancellationToken) is not { } old || await _settings.VersionAsync(_db, after, cancellationToken) is not { } current)
        {
            return Refusal.NotFound("policy set version");
        }

        return tenants > 1 ? Refusal.Invalid("The versions belong to different organisations.") : Compare(old, current);
    }

    internal static VersionComparison Compare(IReadOnlyList<PolicySetting> before, IReadOnlyList<PolicySetting> after)
    {
        var old = before.ToDictionary(setting => setting.Path, StringComparer.OrdinalIgnoreCase);
        var current = after.ToDictionary(setting => setting.Path, StringComparer.OrdinalIgnoreCase);
        var both = after.Where(setting => old.ContainsKey(setting.Path)).Select(setting => (Before: old[setting.Path], After: setting));
        return new VersionComparison(
            [.. after.Where(setting => !old.ContainsKey(setting.Path)).Select(SettingView.Of)],
            [.. before.Where(setting => !current.ContainsKey(setting.Path)).Select(SettingView.Of)],
            [.. both.Where(pair => !pair.Before.Wants(pair.After) || pair.Before.IsOverridable != pair.After.IsOverridable)
                .Select(pair => new ChangedSetting(SettingView.Of(pair.Before), SettingView.Of(pair.After)))]);
    }
}
