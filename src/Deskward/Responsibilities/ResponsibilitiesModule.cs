using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Responsibilities;

internal static class ResponsibilitiesModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton(CalendarReadiness.Check);
        services.AddSingleton(Matrix.Default);
        services.AddSingleton<RightsTable>(provider => new RightsTable(provider.GetRequiredService<Matrix>()));
        services.AddScoped<Contracts>().AddScoped<FigureProposals>().AddScoped<ProposalNotices>();
        services.AddSingleton(ProposalNotices.Proposed).AddSingleton(ProposalNotices.Agreed).AddSingleton(ProposalNotices.Declined);
        services.AddSingleton<DelegationKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<DelegationKeeper>());
        services.AddSingleton(provider => new RightsExplanation(provider.GetRequiredService<RightsTable>(), provider.GetRequiredService<Matrix>()));
        services.AddScoped<PeopleRights>().AddScoped<Board>();
        services.AddSingleton(provider => new BoardEvidence(
            provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<Matrix>(), provider.GetRequiredService<ChangeFeed>(), provider.GetRequiredService<DatabaseOutage>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<BoardEvidence>>()));
        services.AddHostedService<BoardRounds>();
        services.AddSingleton<RightsRule>(provider => provider.GetRequiredService<RightsTable>().Of);
        services.AddSingleton<AsksAgainRule>(provider => provider.GetRequiredService<RightsTable>().AsksAgain);
    }
}
