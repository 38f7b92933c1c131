using System.CommandLine;
using Deskward.Platform;
using Deskward.Tenants;

namespace Deskward.Identity;

/// <summary><c>deskward user add</c>: adds a person; the password comes from standard input, or there is none.</summary>
internal static class UserVerb
{
    internal static Command Create()
    {
        var address = new Option<string>("--address") { Description = "Mail address: what the person signs in and enrols with", Required = true };
        var organisation = new Option<string?>("--organisation") { Description = "Id, domain or name of the organisation; default: the domain of the address" };
        var name = new Option<string?>("--name") { Description = "Name as people write it; default: the part of the address before the @" };
        var role = new Option<PersonRole>("--role") { Description = "none (may enrol PCs), reader or administrator" };
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

            var secret = result.GetValue(password) ? await Console.In.ReadLineAsync(cancellationToken) : null;
            var display = result.GetValue(name) ?? who.Split('@')[0];
            var added = await scope.ServiceProvider.GetRequiredService<PeopleDirectory>()
                .AddAsync(new NewPerson(found.Value.Id, who, display, result.GetValue(role), secret), cancellationToken);
            if (added.IsRefused)
            {
                return await Verb.RefuseAsync(added.Refusal.Message);
            }

            await Console.Out.WriteLineAsync(added.Value.Id.ToString());
            return 0;
        });
        return new Command("user", "People of the organisations.") { add };
    }
}
