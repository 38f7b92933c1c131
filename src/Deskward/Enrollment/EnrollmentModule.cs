using Deskward.Platform;

namespace Deskward.Enrollment;

internal static class EnrollmentModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
    }


    internal static void Map(IEndpointRouteBuilder routes)
    {
    }
}
