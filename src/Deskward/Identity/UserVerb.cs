using System.CommandLine;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;

namespace Deskward.Identity;

/// <summary><c>deskward user add</c>: adds a person; the password comes from standard input, or there is none.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class UserVerb
{
    internal static Command Create()
    {
        var address = new Option<string>("--address") { Description = "Mail address: what the person signs in and enrols with", Required = true };
        var organisation = new Option<string?>("--organisation") { Description = "Id, domain or name of the organisation; default: the domain of the address" };
        var name = new Option<string?>("--name") { Description = "Name as people write it; default: the part of the address before the @" };
        var role = new Option<string[]>("--role") { Description = "A role such as owner, itAdministrator or operationsEngineer; administrator and reader are short for the usual ones; may repeat; none: may enrol PCs", HelpName = "ROLE" };
        var password = new Option<bool>("--password-stdin") { Description = "Read the password from the first line of standard input; without it the person cannot sign in" };
        var add = new Command("add", "Adds a person and prints the id.") { address, organisation, name, role, password };
        Verb.WithSettings(add, async (settings, result, cancellationToken) =>
        {
            await using var services = Verb.Services(settings);
            await using var scope = services.CreateAsyncScope();
            var who = result.GetRequiredValue(address);
            var found = await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>()
                .FindAsync(result.GetValue(organisation) ?? who[(who.LastIndexOf('@') + 1)..], cancellationToken);
            if (found.IsRefused)
            {
                return await Verb.RefuseAsync(found.Refusal.Message);
            }

            if (RolesOf(result.GetValue(role) ?? [], found.Value.Kind == OrganisationKind.Provider) is var roles && roles.IsRefused)
            {
                return await Verb.RefuseAsync(roles.Refusal.Message);
            }

            var secret = result.GetValue(password) ? await Console.In.ReadLineAsync(cancellationToken) : null;
            var display = result.GetValue(name) ?? who.Split('@')[0];
            var added = await scope.ServiceProvider.GetRequiredService<PeopleDirectory>()
                .AddAsync(new NewPerson(found.Value.Id, who, display, roles.Value, secret), cancellationToken);
            await services.GetRequiredService<Clashes>().WriteAsync(cancellationToken);
            if (added.IsRefused)
            {
                return await Verb.RefuseAsync(added.Refusal.Message);
            }

            await Console.Out.WriteLineAsync(added.Value.Id.ToString());
            return 0;
        });
        return new Command("user", "People of the organisations.") { add };
    }

    private static RoleSet AdministratorOf(bool isProvider) => isProvider ? RoleSet.Of(Role.ProviderOwner, Role.OperationsEngineer) : RoleSet.Of(Role.CustomerOwner, Role.ItAdministrator);

    private static RoleSet ReaderOf(bool isProvider) => RoleSet.Of(isProvider ? Role.Auditor : Role.ServiceReader);

    /// <summary>The roles that these words mean in an organisation of that kind.</summary>
    internal static Outcome<RoleSet> RolesOf(IEnumerable<string> words, bool isProvider)
    {
        var roles = RoleSet.None;
        foreach (var word in words.Where(word => !string.Equals(word, "none", StringComparison.OrdinalIgnoreCase)))
        {
            var meant = word.ToUpperInvariant() switch
            {
                "ADMINISTRATOR" => AdministratorOf(isProvider),
                "READER" => ReaderOf(isProvider),
                _ => RoleNames.Find((isProvider ? "provider." : "customer.") + word) is { } one ? RoleSet.Of(one) : RoleSet.None,
            };
            if (meant.IsEmpty)
            {
                return Refusal.Invalid($"There is no role '{word}'; there are {string.Join(", ", RoleSet.All.Where(role => role.IsProvider == isProvider && role != Role.EndUser).Select(role => role.Name))}.");
            }

            roles = roles.With(meant);
        }

        return roles;
    }
}
