using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;

namespace Deskward.Reports;

internal static class ReportsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings) => services.AddScoped<DeviceList>().AddScoped<AuditLog>().AddScoped<FleetSummary>().AddScoped<DeviceSettings>().AddScoped<PeopleEvidence>();

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/devices.csv", DeviceCsv.WriteAsync).Serves("platform.devices", DutyAction.Read).RequireAuthorization(Access.SignedIn);
        routes.MapPost(AuditDownload.Path, AuditDownload.WriteAsync).Serves("platform.audit", DutyAction.Act).RequireAuthorization(Access.SignedIn);
    }
}
