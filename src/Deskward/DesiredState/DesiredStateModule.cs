using Deskward.Platform;

namespace Deskward.DesiredState;

internal static class DesiredStateModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
    }
}
