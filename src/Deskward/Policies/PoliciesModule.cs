using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Policies.Files;

namespace Deskward.Policies;

internal static class PoliciesModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings) => services.AddScoped<Baseline>().AddScoped<AssignmentReach>().AddScoped<PolicyImports>().AddScoped<PolicyExport>();

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(PolicyExport.ProfilePath, PolicyExport.ProfileAsync).Serves("P1.policies", DutyAction.Read).RequireAuthorization(Access.SignedIn);
        routes.MapGet(PolicyExport.TablePath, PolicyExport.TableAsync).Serves("P1.policies", DutyAction.Read).RequireAuthorization(Access.SignedIn);
    }
}
