using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;

namespace Deskward.Organisations;

internal static class OrganisationsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<Onboarding>();
        services.AddScoped<ReadinessRuns>();
        services.AddScoped<DepartureDesk>();
        services.AddScoped<CustomerExport>();
        services.AddScoped<Deletion>();
        services.AddSingleton<DepartureWork>();
        services.AddHostedService(provider => provider.GetRequiredService<DepartureWork>());
        services.AddSingleton<OrganisationsUpkeep>();
        services.AddHostedService(provider => provider.GetRequiredService<OrganisationsUpkeep>());
        services.AddSingleton<ShellNotice>(HeldNotice.OfAsync);
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(ProofDownload.Path, ProofDownload.ReadAsync).Serves("platform.organisations", DutyAction.Read).RequireAuthorization(Access.SignedIn);
        routes.MapPost(ExportDownload.Path, ExportDownload.WriteAsync).Serves("platform.off-boarding", DutyAction.Act).RequireAuthorization(Access.SignedIn);
    }
}
