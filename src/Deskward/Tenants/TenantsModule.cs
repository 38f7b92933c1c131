using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Tenants;

internal static class TenantsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<OrganisationDirectory>();
        services.AddSingleton<OrganisationList>();
        services.AddSingleton<DnsTxt>();
        services.AddScoped<OrganisationDomains>().AddScoped<OrganisationLife>();
        services.AddSingleton<Clashes>();
        services.AddHostedService(provider => provider.GetRequiredService<Clashes>());
        services.AddSingleton(DomainReadiness.Check);
        services.AddSingleton<OrganisationDeleting>(DeleteClashesAsync);
        services.AddScoped<FindOrganisations>(provider => (text, cancellationToken) => FindAsync(provider, text, cancellationToken));
    }

    /// <summary>What the provider knows of requests names people of the one who asked: it goes with the organisation.</summary>
    private static async Task<IReadOnlyDictionary<string, long>> DeleteClashesAsync(DeskwardContext db, Guid organisation, CancellationToken cancellationToken) =>
        new Dictionary<string, long> { ["tenants_clashes"] = await db.Set<Clash>().Where(row => row.AskedBy == organisation).ExecuteDeleteAsync(cancellationToken) };

    private static async Task<Outcome<IReadOnlyList<NamedOrganisation>>> FindAsync(IServiceProvider services, string? text, CancellationToken cancellationToken)
    {
        var directory = services.GetRequiredService<OrganisationDirectory>();
        if (text is null)
        {
            await directory.OpenAllAsync(cancellationToken);
            return await services.GetRequiredService<DeskwardContext>().Set<Organisation>().OrderBy(row => row.Name).Select(row => new NamedOrganisation(row.Id, row.Name)).ToListAsync(cancellationToken);
        }

        var found = await directory.FindAsync(text, cancellationToken);
        return found.IsRefused ? found.Refusal : new List<NamedOrganisation> { new(found.Value.Id, found.Value.Name) };
    }
}
