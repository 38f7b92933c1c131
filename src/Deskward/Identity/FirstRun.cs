using System.Security.Cryptography;
using System.Text;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>What the first administrator types on the page of the one-time link.</summary>
public sealed record FirstAdministrator(string Organisation, string Domain, string Address, string DisplayName, string Password);

/// <summary>Makes the first administrator of a new installation, through a link that only who starts the service sees.</summary>
public sealed class FirstRun(DeskwardContext db, ServiceKey key, TimeProvider time, PeopleDirectory people, OrganisationDirectory organisations, IServiceProvider services)
{
    private const string Purpose = "setup-link";
    private static readonly RoleSet FirstRoles = RoleSet.Of(Role.ProviderOwner, Role.OperationsEngineer);
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>A new link's path and query when there is no administrator of the provider; null when there is one. Earlier unused links end.</summary>
    internal async Task<string?> NewLinkAsync(CancellationToken cancellationToken)
    {
        if (await HasAdministratorAsync(cancellationToken))
        {
            return null;
        }

        db.RemoveRange(await db.Set<SetupLink>().Where(row => row.UsedAt == null).ToListAsync(cancellationToken));
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
        db.Add(new SetupLink { TokenHash = Hash(token), ExpiresAt = time.Now() + Lifetime });
        await db.SaveChangesAsync(cancellationToken);
        return "/first-run?token=" + token;
    }

    /// <summary>Whether this token would be accepted now.</summary>
    internal async Task<bool> IsOpenAsync(string token, CancellationToken cancellationToken) =>
        await FindAsync(token, cancellationToken) is not null && !await HasAdministratorAsync(cancellationToken);

    /// <summary>Uses the link: provider organisation (made when absent) and administrator in one transaction.</summary>
    internal async Task<Outcome<Person>> CompleteAsync(string token, FirstAdministrator wanted, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await organisations.OpenAllAsync(id, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(token, cancellationToken) is not { } link || await AnyAdministratorAsync(cancellationToken))
        {
            return new Refusal(RefusalReason.NotFound, "This link was used already, has expired, or never was one.");
        }

        link.UsedAt = time.Now();
        link.Version++;
        var provider = await ProviderAsync(id, wanted, cancellationToken);
        if (provider.IsRefused)
        {
            return provider.Refusal;
        }

        var person = await people.AddAsync(new NewPerson(provider.Value.Id, wanted.Address, wanted.DisplayName, FirstRoles, wanted.Password), cancellationToken);
        if (person.IsRefused)
        {
            return person;
        }

        await transaction.CommitAsync(cancellationToken);
        foreach (var ready in services.GetServices<OrganisationReady>())
        {
            // The account is there; what is refused here is made when the service starts next.
            await ready(services, provider.Value, cancellationToken);
        }

        return person;
    }

    private async Task<Outcome<Organisation>> ProviderAsync(Guid id, FirstAdministrator wanted, CancellationToken cancellationToken)
    {
        var existing = await db.Set<Organisation>().SingleOrDefaultAsync(row => row.Kind == OrganisationKind.Provider, cancellationToken);
        return existing is not null ? existing : await organisations.AddAsync(id, OrganisationKind.Provider, wanted.Organisation, wanted.Domain, cancellationToken);
    }

    private async Task<SetupLink?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var (hash, now) = (Hash(token), time.Now());
        return await db.Set<SetupLink>().SingleOrDefaultAsync(row => row.TokenHash == hash && row.UsedAt == null && row.ExpiresAt > now, cancellationToken);
    }

    private async Task<bool> HasAdministratorAsync(CancellationToken cancellationToken)
    {
        await organisations.OpenAllAsync(cancellationToken);
        return await AnyAdministratorAsync(cancellationToken);
    }

    private Task<bool> AnyAdministratorAsync(CancellationToken cancellationToken) =>
        db.Set<RoleAssignment>().Where(row => row.Role == Role.ProviderOwner)
            .Join(db.Set<Person>().Where(row => row.IsEnabled && row.PasswordHash != null), row => row.PersonId, row => row.Id, (role, person) => person.Id).AnyAsync(cancellationToken);

    private byte[] Hash(string token) => key.Hash(Encoding.UTF8.GetBytes(token), Purpose);
}
