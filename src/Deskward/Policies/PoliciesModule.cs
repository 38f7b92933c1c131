using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Policies.Files;
using Deskward.Policies.Profiles;
using Deskward.Tenants;

namespace Deskward.Policies;

internal static class PoliciesModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings) => services
        .AddScoped<Baseline>().AddScoped<AssignmentReach>().AddScoped<PolicyImports>().AddScoped<PolicyExport>().AddScoped<ShippedPolicies>().AddScoped<ProfileCounts>()
        .AddHostedService<ShippedAtStart>().AddSingleton<OrganisationReady>(ShippedPolicies.ReadyAsync);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(PolicyExport.ProfilePath, PolicyExport.ProfileAsync).Serves("P1.policies", DutyAction.Read).RequireAuthorization(Access.SignedIn);
        routes.MapGet(PolicyExport.TablePath, PolicyExport.TableAsync).Serves("P1.policies", DutyAction.Read).RequireAuthorization(Access.SignedIn);
    }
}
