using Deskward.Platform;
using Deskward.Protocol.Csp;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace Deskward.DesiredState;

/// <summary>An assigned version, by ids: what a document is made of and what it stores.</summary>
internal readonly record struct AssignedVersion(Guid AssignmentId, Guid VersionId, Layer Layer);

/// <summary>
/// Unpacked settings of versions and assignments. Both never change, so nothing is ever out of date; documents share the records, so that
/// 500 documents of 357 settings cost 500 lists of references.
/// </summary>
internal sealed class SettingsCache : IDisposable
{
    private const long MostSettings = 400_000;
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = MostSettings });

    /// <summary>The settings of these assignments, in the same order; a version that is gone is left out.</summary>
    internal async Task<List<AssignedSettings>> LoadAsync(DeskwardContext db, IReadOnlyList<AssignedVersion> assigned, CancellationToken cancellationToken)
    {
        var found = new Dictionary<AssignedVersion, AssignedSettings>();
        foreach (var one in assigned)
        {
            if (_cache.TryGetValue(one, out AssignedSettings? settings))
            {
                found[one] = settings!;
            }
        }

        if (found.Count < assigned.Count)
        {
            var missing = assigned.Where(one => !found.ContainsKey(one)).ToList();
            var versions = await VersionsAsync(db, missing.Select(one => one.VersionId), cancellationToken);
            foreach (var one in missing.Where(one => versions.ContainsKey(one.VersionId)))
            {
                found[one] = Keep(one, new AssignedSettings(one.AssignmentId, one.VersionId, one.Layer, versions[one.VersionId]), versions[one.VersionId].Length);
            }
        }

        return [.. assigned.Where(found.ContainsKey).Select(one => found[one])];
    }

    /// <summary>The settings of a version; null when there is none in the open organisation.</summary>
    internal async Task<PolicySetting[]?> VersionAsync(DeskwardContext db, Guid version, CancellationToken cancellationToken) =>
        (await VersionsAsync(db, [version], cancellationToken)).GetValueOrDefault(version);

    public void Dispose() => _cache.Dispose();

    private async Task<Dictionary<Guid, PolicySetting[]>> VersionsAsync(DeskwardContext db, IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<Guid, PolicySetting[]>();
        var open = db.OpenTenants;
        var missing = new List<Guid>();
        foreach (var id in ids.Distinct())
        {
            // Kept under the organisation too: what one may read, another must not find. What is published is kept once, for all.
            if ((open.Length == 0 ? [] : open.Append(Guid.Empty)).Select(tenant => _cache.Get<PolicySetting[]>((tenant, id))).FirstOrDefault(settings => settings is not null) is { } kept)
            {
                versions[id] = kept;
            }
            else
            {
                missing.Add(id);
            }
        }

        foreach (var batch in missing.Chunk(500))
        {
            var rows = await db.Set<PolicySetVersion>().AsNoTracking().Where(row => batch.Contains(row.Id))
                .Select(row => new { row.Id, row.TenantId, row.IsPublished, row.Settings }).ToListAsync(cancellationToken);
            foreach (var row in rows)
            {
                var settings = SettingList.Unpack(row.Settings, Catalogue.Default);
                versions[row.Id] = Keep((row.IsPublished ? Guid.Empty : row.TenantId, row.Id), settings, settings.Length);
            }
        }

        return versions;
    }

    private T Keep<T>(object key, T value, int settings) => _cache.Set(key, value, new MemoryCacheEntryOptions { Size = settings + 1 });
}
