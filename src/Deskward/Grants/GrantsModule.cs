using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;

namespace Deskward.Grants;

internal static class GrantsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton<GrantBook>();
        services.AddSingleton<GrantsOf>(provider => provider.GetRequiredService<GrantBook>().OfAsync);
        services.AddSingleton<UsesWriter>();
        services.AddSingleton<AccessUsed>(provider => provider.GetRequiredService<UsesWriter>().Note);
        services.AddHostedService(provider => provider.GetRequiredService<UsesWriter>());
        services.AddSingleton<AccessUpkeep>();
        services.AddHostedService(provider => provider.GetRequiredService<AccessUpkeep>());
        services.AddSingleton(AccessNotices.Requested).AddSingleton(AccessNotices.Opened).AddSingleton(AccessNotices.Protective).AddSingleton(AccessNotices.Overdue);
        services.AddScoped<AccessNotices>();
        services.AddScoped<CustomerWork>();
        services.AddScoped<AccessDesk>();
        services.AddScoped<AccessUses>();
        services.AddScoped<TermsDesk>();
        services.AddScoped<ProtectiveActions>();
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/access/uses.csv", AccessUsesCsv.WriteAsync).Serves(AccessDesk.Duty, DutyAction.Read).RequireAuthorization(Access.SignedIn);
}
