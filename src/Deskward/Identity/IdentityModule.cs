using Deskward.Platform;

namespace Deskward.Identity;

internal static class IdentityModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
    }


    internal static void Map(IEndpointRouteBuilder routes)
    {
    }
}
