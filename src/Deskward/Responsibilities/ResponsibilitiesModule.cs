using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Responsibilities;

internal static class ResponsibilitiesModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton(Matrix.Default);
        services.AddSingleton<RightsTable>(provider => new RightsTable(provider.GetRequiredService<Matrix>()));
        services.AddScoped<Contracts>();
        services.AddSingleton<DelegationKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<DelegationKeeper>());
        services.AddSingleton<RightsRule>(provider => provider.GetRequiredService<RightsTable>().Of);
        services.AddSingleton<AsksAgainRule>(provider => provider.GetRequiredService<RightsTable>().AsksAgain);
    }
}
