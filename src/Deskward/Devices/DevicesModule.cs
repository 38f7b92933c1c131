using Deskward.Platform;

namespace Deskward.Devices;

internal static class DevicesModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<DeviceDirectory>();
        services.AddScoped<Identity.IAccessEnds, PersonGone>();
        services.AddHostedService<EndOfRetirement>();
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
    }
}
