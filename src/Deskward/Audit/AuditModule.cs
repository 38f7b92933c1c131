using Deskward.Platform;

namespace Deskward.Audit;

internal static class AuditModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<AuditTrail>().AddScoped<AuditErasure>().AddScoped<AuditChain>();
        services.AddSingleton<Sealer>().AddSingleton<SigningKeys>();
        services.AddSingleton(provider => new AuditCheckpoints(
            provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<SigningKeys>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AuditCheckpoints>>()));
        services.AddSingleton(provider => new AuditExport(
            provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<Sealer>(), provider.GetRequiredService<AuditCheckpoints>()));
        services.AddSingleton(provider => new SignedStatements(provider.GetRequiredService<SigningKeys>()));
        services.AddHostedService<SealingService>();
        services.AddHostedService<CheckpointService>();
    }
}
