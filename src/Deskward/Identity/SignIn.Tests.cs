using System.Net;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Identity;

public sealed class SignInTests(Services services)
{
    private const string Slowed = "Too many attempts";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Fact]
    public async Task Guessing_on_one_node_is_slowed_on_the_other_as_well()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        var other = TestService.NewSettings();
        await using var alpha = await TestService.StartAsync(settings);
        await using var beta = await TestService.StartAsync(settings with { PublicUrl = other.PublicUrl, ManagementUrl = other.ManagementUrl });
        var address = (await alpha.AddPersonAsync(await alpha.ProviderAsync(), "ed", PersonRole.Administrator)).UserName!;
        for (var guess = 0; guess < GuessLimiter.FreeGuesses; guess++)
        {
            Assert.DoesNotContain(Slowed, await AttemptAsync(guess % 2 == 0 ? alpha : beta, address, "wrong"), StringComparison.Ordinal);
        }

        Assert.Contains(Slowed, await AttemptAsync(alpha, address, TestService.Password), StringComparison.Ordinal);
        Assert.Contains(Slowed, await AttemptAsync(beta, address, TestService.Password), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_right_guess_among_many_at_once_is_told_no_more_than_a_wrong_one(Engine engine)
    {
        var settings = await services.NewDatabaseAsync(engine);
        await using var service = await TestService.StartAsync(settings, more: more => more.AddScoped<IPasswordHasher<Person>, OthersGuessMeanwhile>());
        var address = (await service.AddPersonAsync(await service.ProviderAsync(), "ed", PersonRole.Administrator)).UserName!;
        Assert.Contains(Slowed, await AttemptAsync(service, address, TestService.Password), StringComparison.Ordinal);
    }

    private static async Task<string> AttemptAsync(TestService service, string address, string password)
    {
        using var visitor = new PortalVisitor(service);
        using var answer = await visitor.PostAsync("/sign-in", "sign-in", false, ("address", address), ("password", password));
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>While a password is looked at, others from the same place guess wrong.</summary>
    private sealed class OthersGuessMeanwhile(GuessLimiter guesses) : PasswordHasher<Person>
    {
        public override PasswordVerificationResult VerifyHashedPassword(Person user, string hashedPassword, string providedPassword)
        {
            for (var guess = 0; guess < GuessLimiter.FreeGuesses; guess++)
            {
                Task.Run(() => guesses.FailedAsync(GuessAt.Password, user.NormalizedUserName!, IPAddress.Loopback, CancellationToken.None)).GetAwaiter().GetResult();
            }

            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
