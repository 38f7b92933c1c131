using Deskward.Identity;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Devices;

/// <summary>The PCs of people who are deleted stay, without a person; whose they were is told by the address.</summary>
internal sealed class PersonGone(DeskwardContext db) : IAccessEnds
{
    public async Task EndAsync(AccessEnd ended, CancellationToken cancellationToken)
    {
        if (ended.Loss == AccessLoss.Deleted)
        {
            var people = ended.People.Select(one => (Guid?)one.Id).ToArray();
            await db.Set<Device>().Where(row => row.TenantId == ended.TenantId && people.Contains(row.PersonId))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.PersonId, (Guid?)null).SetProperty(row => row.Version, row => row.Version + 1), cancellationToken);
        }
    }
}
