using Deskward.Directories;
using Deskward.Fixture;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.RawClient;

/// <summary>A customer of its own, and a client with the token of its directory.</summary>
internal static class ScimGround
{
    internal static async Task<RawScim> OnAsync(Services services, Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        var made = await service.InScopeAsync(provider => provider.GetRequiredService<DirectoryTokens>().CreateAsync(customer.Id, "Conformance", 1, CancellationToken.None), customer.Id);
        return new RawScim(service.Client(), "Bearer " + made.Value!.Token);
    }
}
