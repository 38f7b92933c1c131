using System.Net;
using System.Text.RegularExpressions;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Platform.Guessing;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
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

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nobody_learns_from_a_wrong_password_which_addresses_there_are(Engine engine)
    {
        var hasher = new CountingHasher();
        await using var service = await TestService.StartAsync(await services.NewDatabaseAsync(engine), more: more => more.AddSingleton<IPasswordHasher<Person>>(hasher));
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        var (known, invited, disabled) = (await service.AddPersonAsync(customer, "ed"), await service.AddPersonAsync(customer, "ina"), await service.AddPersonAsync(customer, "dan"));
        await service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == invited.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, (string?)null)), customer.Id);
        await service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == disabled.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsEnabled, false)), customer.Id);
        var told = new List<(string Answer, int Work)>();
        foreach (var address in new[] { known.UserName!, invited.UserName!, disabled.UserName!, $"nobody@{customer.Domain}", "somebody@elsewhere.example", "no address" })
        {
            told.Add((Plain(await AttemptAsync(service, address, TestService.Password + "?"), address), hasher.Counted()));
        }

        Assert.Equal((1, 1), (told.Distinct().Count(), told[0].Work));
    }

    [Theory]
    [InlineData("//evil.example/", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("/\\evil.example/", "/")]
    [InlineData("/devices?q=x", "/devices?q=x")]
    public async Task The_way_back_after_signing_in_leads_into_this_portal_alone(string wanted, string location)
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        var person = await service.AddPersonAsync(await service.AddCustomerAsync(), "ed");
        using var visitor = new PortalVisitor(service);
        using var answer = await visitor.PostToAsync("/sign-in", "/sign-in?return=" + Uri.EscapeDataString(wanted), "sign-in", false, ("address", person.UserName!), ("password", TestService.Password));
        Assert.Equal((HttpStatusCode.Redirect, location), (answer.StatusCode, visitor.WayOf(answer)));
    }

    /// <summary>A page without what differs each time: what was typed, and the form's token.</summary>
    private static string Plain(string page, string address) =>
        Regex.Replace(page.Replace(address, "", StringComparison.Ordinal), "name=\"(__RequestVerificationToken|state)\" value=\"[^\"]+\"|&quot;challenge&quot;:&quot;[^&]+&quot;", "");

    private static async Task<string> AttemptAsync(TestService service, string address, string password)
    {
        using var visitor = new PortalVisitor(service);
        using var answer = await visitor.PostAsync("/sign-in", "sign-in", false, ("address", address), ("password", password));
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Counts how often it was put to work, because that is where the time of an attempt goes.</summary>
    private sealed class CountingHasher : PasswordHasher<Person>
    {
        private int _count;

        internal int Counted() => Interlocked.Exchange(ref _count, 0);

        public override PasswordVerificationResult VerifyHashedPassword(Person user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref _count);
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
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
