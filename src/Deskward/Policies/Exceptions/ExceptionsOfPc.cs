using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Exceptions;

/// <summary>The exceptions that reach a PC: those whose settings are assigned to one of its groups.</summary>
internal static class ExceptionsOfPc
{
    internal static async Task<IReadOnlyList<ExceptionRequest>> OfAsync(DeskwardContext db, Device pc, CancellationToken cancellationToken)
    {
        var groups = await db.Set<AssignmentSet>().Where(row => row.Id == pc.AssignmentSetId).Select(row => row.GroupIds).SingleOrDefaultAsync(cancellationToken);
        return groups is null ? []
            : (await db.Set<ExceptionRequest>().AsNoTracking().Where(row => row.TenantId == pc.TenantId && row.State == ExceptionState.Approved && row.AssignmentId != null).OrderBy(row => row.Number).ToListAsync(cancellationToken))
                .FindAll(row => AssignmentSet.Holds(groups, row.GroupId));
    }
}
