using Deskward.Platform;
using Deskward.Registration;

namespace Deskward.Sessions;

internal static class SessionsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton<DeviceLookup>();
        services.AddSingleton<DeviceCache>();
        services.AddSingleton<MessageSignature>();
        services.AddSingleton<DigestLookup>();
        services.AddSingleton<DigestAuthentication>();
        services.AddSingleton<DeviceAuthentication>();
        services.AddHostedService<SessionUpkeep>();
        services.AddSingleton<SlowLane>();
        services.AddSingleton<FileTurns>();
        services.AddSingleton<ExchangePlaces>();
        services.AddScoped<ExchangeTurn>();
        services.AddSingleton<LastSeenWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<LastSeenWriter>());
        services.AddSingleton<ManagementEndpoint>();
        services.AddSingleton(provider => new ManagementRoute(ManagementEndpoint.Path, ManagementRoute.Protocol, provider.GetRequiredService<ManagementEndpoint>().AnswerAsync));
        services.AddScoped<Exchange>();
        services.AddScoped<IdentityProof>();
        services.AddScoped<ProgressStore>();
        services.AddScoped<CommandQueue>();
        services.AddSingleton<PcRenaming>(provider => (db, device, name, cancellationToken) => RenameOrders.OrderAsync(db, provider.GetRequiredService<TimeProvider>(), device, name, cancellationToken));
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
    }
}
