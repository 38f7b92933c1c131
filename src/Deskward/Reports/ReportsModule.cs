using Deskward.Platform;

namespace Deskward.Reports;

internal static class ReportsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
    }


    internal static void Map(IEndpointRouteBuilder routes)
    {
    }
}
