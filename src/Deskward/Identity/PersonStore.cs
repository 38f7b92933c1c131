using Deskward.Identity.Factors;
using Deskward.Platform;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>A sign-in of a person at another identity provider.</summary>
public sealed class PersonLogin : IdentityUserLogin<Guid>, ITenantOwned
{
    public Guid TenantId { get; init; }
}

/// <summary>A secret that the framework keeps for a person.</summary>
public sealed class PersonToken : IdentityUserToken<Guid>, ITenantOwned
{
    public Guid TenantId { get; init; }
}

/// <summary>The framework's store over our rows, each of which carries its organisation.</summary>
internal sealed class PersonStore(DeskwardContext db, IdentityErrorDescriber describer)
    : UserOnlyStore<Person, DeskwardContext, Guid, IdentityUserClaim<Guid>, PersonLogin, PersonToken>(db, describer)
{
    /// <summary>Where every update of the framework ends that makes the name anew: a local name stays unknown to sign-in.</summary>
    public override Task SetNormalizedUserNameAsync(Person user, string? normalizedName, CancellationToken cancellationToken = default) =>
        base.SetNormalizedUserNameAsync(user, user.IsNameLocal ? null : normalizedName, cancellationToken);

    protected override PersonLogin CreateUserLogin(Person user, UserLoginInfo login) =>
        new() { TenantId = user.TenantId, UserId = user.Id, LoginProvider = login.LoginProvider, ProviderKey = login.ProviderKey, ProviderDisplayName = login.ProviderDisplayName };

    protected override PersonToken CreateUserToken(Person user, string loginProvider, string name, string? value) =>
        new() { TenantId = user.TenantId, UserId = user.Id, LoginProvider = loginProvider, Name = name, Value = value };

    /// <inheritdoc/>
    public override async Task AddOrUpdatePasskeyAsync(Person user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        if (await OneAsync(user, passkey.CredentialId, cancellationToken) is { } row)
        {
            (row.SignCount, row.IsUserVerified, row.IsBackedUp) = (passkey.SignCount, passkey.IsUserVerified, passkey.IsBackedUp);
            return;
        }

        Context.Add(new Passkey
        {
            TenantId = user.TenantId, PersonId = user.Id, CredentialId = passkey.CredentialId, PublicKey = passkey.PublicKey, Name = passkey.Name ?? "", CreatedAt = passkey.CreatedAt,
            AskedAt = passkey.CreatedAt, SignCount = passkey.SignCount, Transports = string.Join(',', passkey.Transports ?? []), IsUserVerified = passkey.IsUserVerified,
            IsBackupEligible = passkey.IsBackupEligible, IsBackedUp = passkey.IsBackedUp,
        });
    }

    /// <inheritdoc/>
    public override async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Person user, CancellationToken cancellationToken) =>
        [.. (await Context.Set<Passkey>().AsNoTracking().Where(row => row.PersonId == user.Id).ToListAsync(cancellationToken)).Select(row => row.AsInfo())];

    /// <inheritdoc/>
    public override async Task<Person?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await Context.Set<Passkey>().Where(row => row.CredentialId == credentialId).Join(Context.Set<Person>(), row => row.PersonId, row => row.Id, (passkey, person) => person)
            .SingleOrDefaultAsync(cancellationToken);

    /// <inheritdoc/>
    public override async Task<UserPasskeyInfo?> FindPasskeyAsync(Person user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await OneAsync(user, credentialId, cancellationToken))?.AsInfo();

    /// <inheritdoc/>
    public override async Task RemovePasskeyAsync(Person user, byte[] credentialId, CancellationToken cancellationToken)
    {
        if (await OneAsync(user, credentialId, cancellationToken) is { } row)
        {
            Context.Remove(row);
        }
    }

    private Task<Passkey?> OneAsync(Person user, byte[] credentialId, CancellationToken cancellationToken) =>
        Context.Set<Passkey>().SingleOrDefaultAsync(row => row.PersonId == user.Id && row.CredentialId == credentialId, cancellationToken);
}
