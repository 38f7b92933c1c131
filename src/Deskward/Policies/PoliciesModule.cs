using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Policies.Compliance;
using Deskward.Policies.Exceptions;
using Deskward.Policies.Files;
using Deskward.Policies.Profiles;
using Deskward.Policies.Repairs;
using Deskward.Tenants;

namespace Deskward.Policies;

internal static class PoliciesModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<Baseline>().AddScoped<AssignmentReach>().AddScoped<PolicyImports>().AddScoped<PolicyExport>().AddScoped<ShippedPolicies>().AddScoped<ProfileCounts>();
        services.AddHostedService<ShippedAtStart>().AddSingleton<OrganisationReady>(ShippedPolicies.ReadyAsync);
        services.AddScoped<ExceptionDesk>().AddScoped<ExceptionAssignment>().AddScoped<ExceptionNotices>();
        services.AddSingleton<ExceptionUpkeep>().AddHostedService(provider => provider.GetRequiredService<ExceptionUpkeep>());
        services.AddScoped<ComplianceSettings>().AddScoped<ComplianceNotices>().AddScoped<ComplianceRun>().AddScoped<ComplianceOfPc>().AddScoped<ComplianceRuleKeeper>();
        services.AddScoped<DriftConflicts>().AddHostedService<ComplianceUpkeep>();
        foreach (var kind in (IEnumerable<Notices.NoticeKind>)[.. ExceptionNotices.Kinds, ComplianceNotices.Person, ComplianceNotices.Contacts, DriftConflicts.Kind])
        {
            services.AddSingleton(kind);
        }
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(PolicyExport.ProfilePath, PolicyExport.ProfileAsync).Serves("P1.policies", DutyAction.Read).RequireAuthorization(Access.SignedIn);
        routes.MapGet(PolicyExport.TablePath, PolicyExport.TableAsync).Serves("P1.policies", DutyAction.Read).RequireAuthorization(Access.SignedIn);
    }
}
