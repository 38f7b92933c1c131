using Deskward.Platform;

namespace Deskward.DeviceActions;

internal static class DeviceActionsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<DeviceActionDesk>();
        services.AddScoped<TargetWork>();
        services.AddSingleton<RunWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<RunWorker>());
    }
}
