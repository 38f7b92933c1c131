using System.CommandLine;
using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Tenants;

/// <summary><c>deskward tenant add</c>: adds the provider or a customer.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class TenantVerb
{
    /// <param name="more">The subcommands of modules above.</param>
    internal static Command Create(IEnumerable<Command> more)
    {
        var name = new Option<string>("--name") { Description = "Name as people write it", Required = true };
        var domain = new Option<string>("--domain") { Description = "Mail domain of its people", Required = true };
        var provider = new Option<bool>("--provider") { Description = "It is the provider, not a customer; the first organisation of a database" };
        var add = new Command("add", "Adds an organisation and prints its id.") { name, domain, provider };
        Verb.WithSettings(add, async (settings, result, cancellationToken) =>
        {
            await using var services = Verb.Services(settings);
            await using var scope = services.CreateAsyncScope();
            var kind = result.GetValue(provider) ? OrganisationKind.Provider : OrganisationKind.Customer;
            var added = await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>()
                .AddAsync(kind, result.GetRequiredValue(name), result.GetRequiredValue(domain), cancellationToken);
            if (added.IsRefused)
            {
                return await Verb.RefuseAsync(added.Refusal.Message);
            }

            foreach (var ready in scope.ServiceProvider.GetServices<OrganisationReady>())
            {
                if (await ready(scope.ServiceProvider, added.Value, cancellationToken) is { } refusal)
                {
                    return await Verb.RefuseAsync(refusal.Message);
                }
            }

            await Console.Out.WriteLineAsync(added.Value.Id.ToString());
            return 0;
        });
        var tenant = new Command("tenant", "The provider and its customers.") { add };
        more.ToList().ForEach(tenant.Add);
        return tenant;
    }
}
