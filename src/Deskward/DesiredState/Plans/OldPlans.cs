using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Plans;

/// <summary>Removes plans that nobody compares any more, and the stays that only they asked for.</summary>
internal sealed class OldPlans(DeskwardContext db, TimeProvider time)
{
    internal static readonly TimeSpan KeepFor = TimeSpan.FromDays(365);

    /// <summary>The newest plan stays, so that numbers never begin anew.</summary>
    /// <returns>How many plans were removed.</returns>
    internal async Task<int> RemoveAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var plans = db.Set<CarriedOutPlan>().Where(row => row.TenantId == tenant);
        var (before, newest) = (time.Now() - KeepFor, await plans.MaxAsync(row => (int?)row.Number, cancellationToken));
        if (!await plans.AnyAsync(row => row.At < before && row.Number < newest, cancellationToken))
        {
            return 0;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await AssignmentLock.AloneAsync(db, tenant, cancellationToken);
        var removed = await plans.Where(row => row.At < before && row.Number < newest).ExecuteDeleteAsync(cancellationToken);
        var oldest = await plans.MinAsync(row => row.Number, cancellationToken);
        await db.Set<SetStay>().Where(row => row.TenantId == tenant && row.After < oldest).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return removed;
    }
}
