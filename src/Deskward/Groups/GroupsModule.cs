using Deskward.Platform;

namespace Deskward.Groups;

internal static class GroupsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
    }
}
