using Deskward.Audit;
using Deskward.DesiredState.Answers;
using Deskward.DesiredState.Plans;
using Deskward.DesiredState.Provided;
using Deskward.Devices;
using Deskward.Groups;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

internal static class DesiredStateModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton<SettingsCache>();
        services.AddSingleton<SetCompiler>();
        services.AddSingleton(provider => new DocumentStore(
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<SettingsCache>(),
            provider.GetRequiredService<SetCompiler>(),
            provider.GetRequiredService<ServiceKey>(),
            provider.GetRequiredService<ChangeFeed>()));
        services.AddHostedService<PendingSets>();
        services.AddHostedService<Upkeep>();
        services.AddScoped<UnusedDocuments>();
        services.AddSingleton<FleetTally>();
        services.AddScoped<FleetCounts>();
        services.AddScoped<PolicySets>().AddScoped<ProvidedSets>().AddScoped<SetRollout>().AddScoped<Replacements>().AddHostedService<RolloutUpkeep>();
        services.AddScoped(provider => new PolicySetContents(provider.GetRequiredService<DeskwardContext>(), provider.GetRequiredService<SettingsCache>()));
        services.AddScoped<DeviceSettings>();
        services.AddScoped(provider => new PcExplanations(provider.GetRequiredService<DeskwardContext>(), provider.GetRequiredService<SetCompiler>(), provider.GetRequiredService<TimeProvider>()));
        services.AddScoped<SetInterning>();
        services.AddScoped<AssignmentConflicts>();
        services.AddScoped(provider => new Assignments(
            provider.GetRequiredService<DeskwardContext>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<SetInterning>(),
            provider.GetRequiredService<AssignmentConflicts>(),
            provider.GetRequiredService<SettingsCache>(),
            provider.GetRequiredService<ChangePlans>()));
        services.AddScoped<ChangePlans>().AddScoped<OldPlans>();
        services.AddScoped(provider => new PlanResults(
            provider.GetRequiredService<DeskwardContext>(), provider.GetRequiredService<SetCompiler>(), provider.GetRequiredService<DocumentStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DeviceArrived>((db, device, cancellationToken) => new SetInterning(db).ArriveAsync(device, cancellationToken));
        services.AddSingleton<GroupChanging>(FollowGroupsAsync);
        services.AddScoped<MembershipEffects>(provider => provider.GetRequiredService<ChangePlans>().EffectAsync);
        services.AddScoped<MembershipDeciding>(provider => provider.GetRequiredService<ChangePlans>().KeepAsync);
    }

    /// <summary>Members who come or go change sets when their group carries something; a group that carries something is not deleted.</summary>
    private static async Task<Refusal?> FollowGroupsAsync(DeskwardContext db, GroupChange change, CancellationToken cancellationToken)
    {
        await AssignmentLock.AloneAsync(db, change.TenantId, cancellationToken);
        Guid[] groups = [.. change.GroupIds];
        var interning = new SetInterning(db);
        var assigned = await db.Set<Assignment>().Where(row => groups.Contains(row.GroupId)).Select(row => row.GroupId).Distinct().ToListAsync(cancellationToken);
        if (change.Kind == GroupChangeKind.Deleting)
        {
            return assigned.Count > 0 ? Refusal.Conflict("Something is assigned to the group. Remove the assignments first.") : null;
        }

        foreach (var group in assigned)
        {
            await (change.Kind == GroupChangeKind.Joined ? interning.EnterAsync(change.TenantId, group, begins: false, cancellationToken) : interning.LeaveAsync(change.TenantId, group, all: false, cancellationToken));
        }

        return null;
    }
}
