using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Responsibilities;

/// <summary>Whether it is known how the customer counts days: notices and reviews are due by its calendar.</summary>
internal static class CalendarReadiness
{
    internal static readonly ReadinessCheck Check = new("calendar", 40, LookAsync);

    private static async Task<ReadinessFinding> LookAsync(IServiceProvider services, Guid customer, CancellationToken cancellationToken) =>
        await services.GetRequiredService<DeskwardContext>().Set<CalendarVersion>().Where(row => row.TenantId == customer).OrderByDescending(row => row.SetAt).FirstOrDefaultAsync(cancellationToken) is { } agreed
            ? new(Readiness.Ready, "readiness.calendar.agreed", agreed.TimeZone)
            : new(Readiness.Advisory, "readiness.calendar.default");
}
