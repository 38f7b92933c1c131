using System.Net;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Platform.Guessing;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Identity;

public sealed class SignInTests(Services services)
{
    private const string Slowed = "Too many attempts";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Fact]
    public async Task Guessing_on_one_node_is_slowed_on_the_other_as_well()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        var other = TestService.NewSettings();
        await using var alpha = await TestService.StartAsync(settings);
        await using var beta = await TestService.StartAsync(settings with { PublicUrl = other.PublicUrl, ManagementUrl = other.ManagementUrl });
        var address = (await alpha.AddPersonAsync(await alpha.ProviderAsync(), "ed")).UserName!;
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
        using var hasher = new SlowHasher();
        await using var service = await TestService.StartAsync(await services.NewDatabaseAsync(engine), more: more => more.AddSingleton<IPasswordHasher<Person>>(hasher));
        var person = await service.AddPersonAsync(await service.ProviderAsync(), "ed");
        var attempt = AttemptAsync(service, person.UserName!, TestService.Password);
        await hasher.Begun.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        for (var guess = 0; guess < GuessLimiter.FreeGuesses; guess++)
        {
            await service.Provider.GetRequiredService<GuessLimiter>().FailedAsync(GuessAt.Password, person.NormalizedUserName!, IPAddress.Loopback, CancellationToken.None);
        }

        hasher.GoOn.Set();
        Assert.Contains(Slowed, await attempt, StringComparison.Ordinal);
    }

    private static async Task<string> AttemptAsync(TestService service, string address, string password)
    {
        using var visitor = new PortalVisitor(service);
        using var answer = await visitor.PostAsync("/sign-in", "sign-in", false, ("address", address), ("password", password));
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Looks at a password for as long as the test wants.</summary>
    private sealed class SlowHasher : PasswordHasher<Person>, IDisposable
    {
        internal TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal ManualResetEventSlim GoOn { get; } = new();

        public override PasswordVerificationResult VerifyHashedPassword(Person user, string hashedPassword, string providedPassword)
        {
            Begun.TrySetResult();
            GoOn.Wait(Patience);
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }

        public void Dispose() => GoOn.Dispose();
    }
}
