using Deskward.Platform;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

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
}
