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
    protected override PersonLogin CreateUserLogin(Person user, UserLoginInfo login) =>
        new() { TenantId = user.TenantId, UserId = user.Id, LoginProvider = login.LoginProvider, ProviderKey = login.ProviderKey, ProviderDisplayName = login.ProviderDisplayName };

    protected override PersonToken CreateUserToken(Person user, string loginProvider, string name, string? value) =>
        new() { TenantId = user.TenantId, UserId = user.Id, LoginProvider = loginProvider, Name = name, Value = value };
}
