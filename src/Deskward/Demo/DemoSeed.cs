using System.Security.Cryptography;
using Deskward.Identity;
using Deskward.Identity.Factors;
using Deskward.Platform;
using Deskward.Policies;
using Deskward.Tenants;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Demo;

/// <summary>Fills the database with the cast, the baseline and its examples; what is there already stays as it is.</summary>
internal sealed class DemoSeed(IServiceProvider services, ServiceSettings settings)
{
    internal async Task<DemoFile> FillAsync(IReadOnlyList<DemoOrganisation> cast, CancellationToken cancellationToken)
    {
        var known = DemoFile.Read(settings.Data);
        List<DemoFile.OrganisationEntry> organisations = [];
        List<Organisation> rows = [];
        List<DemoFile.PersonEntry> people = [];
        List<DemoFile.ScimTokenEntry> tokens = [];
        foreach (var organisation in cast)
        {
            await using var scope = services.CreateAsyncScope();
            var row = await OrganisationAsync(scope.ServiceProvider, organisation, cancellationToken);
            rows.Add(row);
            organisations.Add(new(row.Id, row.Name, row.Domain));
            people.AddRange(await PeopleAsync(scope.ServiceProvider, organisation, row, known, cancellationToken));
            foreach (var ready in scope.ServiceProvider.GetServices<OrganisationReady>())
            {
                Must(await ready(scope.ServiceProvider, row, cancellationToken));
            }

            if (row.Kind == OrganisationKind.Customer)
            {
                await PolicySetsAsync(scope.ServiceProvider.GetRequiredService<Baseline>(), row.Id, cancellationToken);
                var token = known?.ScimTokens?.FirstOrDefault(entry => entry.Organisation == row.Id)?.Token;
                tokens.Add(new(row.Id, await DemoDirectory.TokenAsync(services, row, token, cancellationToken)));
            }

            if (row.Domain == DemoCast.ContosoDomain)
            {
                await DemoDirectory.ProvisionAsync(services, row, cancellationToken);
            }

            await new DemoExamples(services).ContactsAsync(row, cancellationToken);
        }

        await new DemoExamples(services).AccessAsync(rows[0], rows[1], rows[2], cancellationToken);

        var portal = settings.PublicUrl.GetLeftPart(UriPartial.Authority);
        var file = new DemoFile(portal, portal + "/EnrollmentServer/Discovery.svc", organisations, people, tokens);
        file.Write(settings.Data);
        return file;
    }

    private static async Task<Organisation> OrganisationAsync(IServiceProvider services, DemoOrganisation wanted, CancellationToken cancellationToken)
    {
        var directory = services.GetRequiredService<OrganisationDirectory>();
        var found = await directory.FindAsync(wanted.Domain, cancellationToken);
        var row = found.IsRefused ? await directory.AddAsync(wanted.Kind, wanted.Name, wanted.Domain, cancellationToken) : found;
        if (row.IsRefused)
        {
            throw new InvalidDataException(row.Refusal.Message);
        }

        services.GetRequiredService<TenantScope>().Open(row.Value.Id);
        return row.Value;
    }

    /// <summary>The baseline holds no node that demands an Atomic: a firewall rule and a VPN profile show those.</summary>
    private static async Task PolicySetsAsync(Baseline baseline, Guid customer, CancellationToken cancellationToken)
    {
        Must((await baseline.EnsureAsync(customer, "Block incoming Telnet", "A firewall rule.", Baseline.ExampleFirewallRule, cancellationToken)).Refusal);
        Must((await baseline.EnsureAsync(customer, "Head office VPN", "A VPN profile.", Baseline.ExampleVpnProfile, cancellationToken)).Refusal);
    }

    private static void Must(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw new InvalidDataException(refusal.Message);
        }
    }

    private static async Task<List<DemoFile.PersonEntry>> PeopleAsync(
        IServiceProvider services, DemoOrganisation organisation, Organisation row, DemoFile? known, CancellationToken cancellationToken)
    {
        var wanted = DemoCast.PeopleOf(organisation).ToList();
        var passwords = known?.People.ToDictionary(person => person.Address, person => person.Password, StringComparer.OrdinalIgnoreCase) ?? [];
        var secrets = known?.People.ToDictionary(person => person.Address, person => person.TotpSecret, StringComparer.OrdinalIgnoreCase) ?? [];
        var db = services.GetRequiredService<DeskwardContext>();
        var present = await db.Set<Person>().Where(person => person.TenantId == row.Id && person.NormalizedUserName != null).ToDictionaryAsync(person => person.NormalizedUserName!, cancellationToken);
        var (seats, hash) = SeatPassword(passwords.GetValueOrDefault(wanted[^1].Address));
        List<DemoFile.PersonEntry> entries = [];
        foreach (var person in wanted)
        {
            var isSeat = person.Roles.IsEmpty;
            var existing = present.GetValueOrDefault(person.Address.ToUpperInvariant());
            var password = isSeat ? seats : existing is null ? NewPassword() : passwords.GetValueOrDefault(person.Address) ?? NewPassword();
            var isKnown = existing is not null && passwords.ContainsKey(person.Address);
            var secret = row.Kind != OrganisationKind.Provider ? null : isKnown ? secrets[person.Address] : Totp.ToBase32(RandomNumberGenerator.GetBytes(Totp.SecretSize));
            if (!isKnown)
            {
                var account = existing ?? Add(db, row, person, services.GetRequiredService<TimeProvider>().Now());
                account.PasswordHash = isSeat ? hash : new PasswordHasher<Person>().HashPassword(account, password);
                await GiveAppAsync(services, account, secret, cancellationToken);
            }

            entries.Add(new(person.Address, password, row.Id, person.Words, secret));
        }

        await db.SaveChangesAsync(cancellationToken);
        return entries;
    }

    /// <summary>The provider's people must show a second factor; the demo knows it, so that a newcomer needs no phone.</summary>
    private static async Task GiveAppAsync(IServiceProvider services, Person person, string? secret, CancellationToken cancellationToken)
    {
        if (secret is null)
        {
            return;
        }

        var (db, time) = (services.GetRequiredService<DeskwardContext>(), services.GetRequiredService<TimeProvider>());
        var app = await db.Set<Authenticator>().SingleOrDefaultAsync(row => row.PersonId == person.Id, cancellationToken)
            ?? db.Add(new Authenticator { PersonId = person.Id, TenantId = person.TenantId }).Entity;
        (app.WrappedSecret, app.Since) = (AuthenticatorApps.Wrap(services.GetRequiredService<ServiceKey>(), person.Id, Totp.FromBase32(secret)), time.Now());
    }

    private static Person Add(DeskwardContext db, Organisation organisation, DemoPerson person, DateTimeOffset now)
    {
        var account = new Person
        {
            TenantId = organisation.Id, DisplayName = person.Name, Roles = person.Roles, UserName = person.Address, Email = person.Address,
            NormalizedUserName = person.Address.ToUpperInvariant(), NormalizedEmail = person.Address.ToUpperInvariant(), SecurityStamp = Guid.CreateVersion7().ToString(),
        };
        account.RefreshSearch();
        db.Add(account);
        db.AddRange(person.Roles.Roles.Select(role => new RoleAssignment { TenantId = organisation.Id, PersonId = account.Id, Role = role, Since = now }));
        return account;
    }

    /// <summary>People at PCs share one password per organisation: hashing one costs as much as enrolling a PC.</summary>
    private static (string Password, string Hash) SeatPassword(string? known)
    {
        var password = known ?? NewPassword();
        return (password, new PasswordHasher<Person>().HashPassword(new Person(), password));
    }

    private static string NewPassword() => $"{RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 5)}-{RandomNumberGenerator.GetString("ABCDEFGHJKMNPQRSTUVWXYZ", 5)}-{RandomNumberGenerator.GetString("23456789", 4)}";
}
