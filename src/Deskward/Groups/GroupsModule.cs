using Deskward.Audit;
using Deskward.Devices;
using Deskward.Groups.Dynamic;
using Deskward.Groups.Rings;
using Deskward.Groups.Service;
using Deskward.Platform;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Deskward.Groups;

internal static class GroupsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<GroupMembership>();
        services.AddScoped<MemberMoves>().AddScoped<GroupGuard>().AddSingleton<RuleCache>().AddSingleton<Arrivals>();
        services.AddScoped(provider => new Placements(
            provider.GetRequiredService<DeskwardContext>(), provider.GetRequiredService<AuditTrail>(), provider.GetRequiredService<ServiceKey>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Arrivals>(), provider.GetRequiredService<MemberMoves>()));
        services.AddScoped(provider => new DynamicGroups(
            provider.GetRequiredService<DeskwardContext>(), provider.GetRequiredService<GroupMembership>(), provider.GetRequiredService<AuditTrail>(), provider.GetRequiredService<MemberMoves>(), provider.GetServices<MembershipEffects>()));
        services.AddScoped(provider => new Reevaluation(
            provider.GetRequiredService<DeskwardContext>(), provider.GetRequiredService<RuleCache>(), provider.GetRequiredService<MemberMoves>(), provider.GetRequiredService<AuditTrail>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DeviceArrived>(provider => provider.GetRequiredService<Arrivals>().ArriveAsync);
        services.AddSingleton<ISaveChangesInterceptor, FactsNoted>();
        services.AddSingleton<Directories.ServiceOwnedGroup>(ReservedGroups.RefuseAsync);
        services.AddScoped<IRowEvidence, GroupEvidence>();
        services.AddHostedService<GroupUpkeep>().AddHostedService<GroupRounds>();
        services.AddSingleton<OrganisationAdded>((db, organisation, _) =>
        {
            GroupMembership.AddOwned(db, organisation.Id);
            return Task.CompletedTask;
        });
    }
}
