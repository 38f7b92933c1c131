using Deskward.Devices;
using Deskward.Directories;
using Deskward.Identity;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Reports.FirstPage;

/// <summary>How well a customer keeps its people up to date (row C2).</summary>
/// <param name="Customer">The customer.</param>
/// <param name="LastSync">When its directory was last heard of; null: never, or it has none.</param>
/// <param name="WithoutMail">Enabled people to whom no mail can go.</param>
/// <param name="PcsWithoutPerson">Enrolled PCs whose person is gone, or was never known.</param>
/// <param name="DisabledWithPcs">Disabled people who have enrolled PCs.</param>
internal sealed record PeopleFigures(Guid Customer, DateTimeOffset? LastSync, int WithoutMail, int PcsWithoutPerson, int DisabledWithPcs);

/// <summary>The figures of many customers at once: four statements, each over an index that holds what is counted and little else.</summary>
internal sealed class PeopleCounts(DeskwardContext db)
{
    /// <summary>One for each of these customers, which must be open in full.</summary>
    internal async Task<IReadOnlyDictionary<Guid, PeopleFigures>> OfAsync(IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken)
    {
        var ids = customers.ToArray();
        await using var held = await db.HoldConnectionAsync(cancellationToken);
        var syncs = await db.Set<DirectoryToken>().Where(row => ids.Contains(row.TenantId)).GroupBy(row => row.TenantId)
            .Select(group => new { group.Key, Last = group.Max(row => row.LastUsedAt) }).ToDictionaryAsync(row => row.Key, row => row.Last, cancellationToken);
        var mails = await db.Set<Person>().Where(row => ids.Contains(row.TenantId) && row.Email == null && row.IsEnabled).GroupBy(row => row.TenantId)
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
        var pcs = await db.Set<Device>().Where(row => ids.Contains(row.TenantId) && row.PersonId == null && row.State == DeviceState.Enrolled).GroupBy(row => row.TenantId)
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
        var disabled = await db.Set<Person>().Where(row => ids.Contains(row.TenantId) && !row.IsEnabled && db.Set<Device>().Any(pc => pc.PersonId == row.Id && pc.State == DeviceState.Enrolled))
            .GroupBy(row => row.TenantId).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
        return ids.ToDictionary(id => id, id => new PeopleFigures(
            id, syncs.GetValueOrDefault(id), mails.GetValueOrDefault(id), pcs.GetValueOrDefault(id), disabled.GetValueOrDefault(id)));
    }
}
