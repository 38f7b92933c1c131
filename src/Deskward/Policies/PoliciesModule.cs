using Deskward.Platform;

namespace Deskward.Policies;

internal static class PoliciesModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings) => services.AddScoped<Baseline>().AddScoped<AssignmentReach>();

    internal static void Map(IEndpointRouteBuilder routes)
    {
    }
}
