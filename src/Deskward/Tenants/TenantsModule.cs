using Deskward.Platform;

namespace Deskward.Tenants;

internal static class TenantsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<OrganisationDirectory>();
        services.AddSingleton<OrganisationList>();
    }
}
