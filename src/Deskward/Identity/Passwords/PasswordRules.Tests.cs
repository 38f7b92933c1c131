using Deskward.Fixture;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Identity.Passwords;

public sealed class PasswordRulesTests(Services services)
{
    [Theory]
    [InlineData("password1234")]
    [InlineData("P@ssw0rd2024!")]
    [InlineData("qwertyuiop12")]
    [InlineData("123456789012")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("abcabcabcabcabc")]
    [InlineData("Summer-2024-!!")]
    [InlineData("iloveyou20242025")]
    [InlineData("Contoso!!2026")]
    [InlineData("Alice.Ciccu.1984")]
    [InlineData("1qaz2wsx3edc")]
    public void What_is_tried_first_is_found(string password) => Assert.True(GuessablePassword.Is(password, ["Alice Ciccu", "alice@contoso.example", "Contoso"]));

    [Theory]
    [InlineData("Correct-Horse-7-Battery")]
    [InlineData("lagoon verdict umbrella contoso")]
    [InlineData("kqzrw-XVBNT-4827")]
    [InlineData("我们的桌子上有三只蓝色的猫")]
    public void A_sentence_or_something_random_is_fine(string password) => Assert.False(GuessablePassword.Is(password, ["Alice Ciccu", "alice@contoso.example", "Contoso"]));

    [Fact]
    public void A_name_of_ones_own_counts_as_a_word_that_is_known()
    {
        Assert.False(GuessablePassword.Is("Zyxgarblin-2026", []));
        Assert.True(GuessablePassword.Is("Zyxgarblin-2026", ["Zyxgarblin GmbH"]));
    }

    [Theory]
    [InlineData("short", "at least 12 characters")]
    [InlineData("Password-2026!", "easy to guess")]
    [InlineData("alice-Alice-alice", "easy to guess")]
    public async Task A_weak_password_is_refused_with_the_reason(string password, string why)
    {
        var result = await ValidateAsync(password);
        Assert.Contains(why, Assert.Single(result.Errors).Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alllowercasewithoutanydigits")]
    [InlineData(TestService.Password)]
    public async Task No_kind_of_character_is_demanded(string password) => Assert.True((await ValidateAsync(password)).Succeeded);

    [Fact]
    public async Task Longest_means_longest()
    {
        var words = string.Concat(Enumerable.Range(0, 60).Select(number => $"{(char)('a' + number % 26)}xq{number * 7919 % 9973}-"));
        Assert.True((await ValidateAsync(words[..PasswordRules.Longest])).Succeeded);
        Assert.False((await ValidateAsync(words.PadRight(PasswordRules.Longest + 1, 'k'))).Succeeded);
    }

    private async Task<IdentityResult> ValidateAsync(string password)
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        return await service.InScopeAsync(async provider =>
        {
            var validator = Assert.Single(provider.GetServices<IPasswordValidator<Person>>());
            return await validator.ValidateAsync(provider.GetRequiredService<UserManager<Person>>(), new Person { DisplayName = "Alice", UserName = "alice@contoso.example" }, password);
        });
    }
}
