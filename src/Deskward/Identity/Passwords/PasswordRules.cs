using Deskward.Tenants;
using Microsoft.AspNetCore.Identity;

namespace Deskward.Identity.Passwords;

/// <summary>
/// What a password must be: long, and not easy to guess. No rule about kinds of characters, which only make passwords predictable (OWASP ASVS 5.0,
/// 6.2.4 and 6.2.5).
/// </summary>
internal sealed class PasswordRules(OrganisationList organisations) : IPasswordValidator<Person>
{
    internal const int Shortest = 12;
    internal const int Longest = 256;

    /// <inheritdoc/>
    public async Task<IdentityResult> ValidateAsync(UserManager<Person> manager, Person user, string? password)
    {
        if (password is null || password.Length < Shortest)
        {
            return Wrong($"The password needs at least {Shortest} characters.");
        }

        if (password.Length > Longest)
        {
            return Wrong($"The password may have at most {Longest} characters.");
        }

        var all = await organisations.AllAsync(CancellationToken.None);
        var own = all.FirstOrDefault(row => row.Id == user.TenantId);
        return GuessablePassword.Is(password, [user.DisplayName, user.UserName ?? "", own?.Name ?? "", own?.Domain ?? ""])
            ? Wrong("This password is easy to guess: it consists of few common words, names, digits or rows of keys. Add words that do not belong together.")
            : IdentityResult.Success;
    }

    private static IdentityResult Wrong(string why) => IdentityResult.Failed(new IdentityError { Code = nameof(PasswordRules), Description = why });
}
