using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Reports.FirstPage;
using Deskward.Responsibilities;

namespace Deskward.Reports;

internal static class ReportsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<DeviceList>().AddScoped<AuditLog>().AddScoped<FleetSummary>().AddScoped<ProviderDeeds>().AddScoped<PeopleCounts>();
        services.AddScoped<IRowEvidence, PolicyEvidence>().AddScoped<IRowEvidence, PeopleEvidence>();
        services.AddSingleton(new RowWork("P1", "/policy-sets?customer={0}", "P1.policies")).AddSingleton(new RowWork("P6", "/groups", "P6.groups")).AddSingleton(new RowWork("C2", "/people", "C2.accounts"));
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/devices.csv", DeviceCsv.WriteAsync).Serves("platform.devices", DutyAction.Read).RequireAuthorization(Access.SignedIn);
        routes.MapPost(AuditDownload.Path, AuditDownload.WriteAsync).Serves("platform.audit", DutyAction.Act).RequireAuthorization(Access.SignedIn);
    }
}
