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
        services.AddScoped<FindOrganisations>(provider => (text, cancellationToken) => FindAsync(provider, text, cancellationToken));
    }

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
