using Deskward.Platform;

namespace Deskward.Sessions;

internal static class SessionsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
    }


    internal static void Map(IEndpointRouteBuilder routes)
    {
    }
}
