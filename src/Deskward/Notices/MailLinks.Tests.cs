using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Notices;

public sealed class MailLinksTests(Services services)
{
    private const string Purpose = "invitation";
    private readonly Guid _person = Guid.CreateVersion7();

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Looking_at_a_link_changes_nothing_and_using_it_ends_it(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var token = await AddAsync(service);
        for (var looks = 0; looks < 3; looks++)
        {
            Assert.Equal(_person, (await In(service, links => links.FindAsync(Purpose, token, CancellationToken.None)))?.PersonId);
        }

        Assert.Equal(_person, (await SpendAsync(service, token)).Value?.PersonId);
        Assert.Null(await In(service, links => links.FindAsync(Purpose, token, CancellationToken.None)));
        Assert.Equal(RefusalReason.NotFound, (await SpendAsync(service, token)).Refusal?.Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_two_who_use_a_link_at_once_one_succeeds(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var token = await AddAsync(service);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SpendAsync(service, token)));
        Assert.Single(outcomes, outcome => !outcome.IsRefused);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_link_allowed_fails_and_the_link_stays_open(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var token = await AddAsync(service);
        Assert.False((await SpendAsync(service, token, commit: false)).IsRefused);
        Assert.False((await SpendAsync(service, token)).IsRefused);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_ended_link_opens_nothing(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var (expired, revoked) = (await AddAsync(service, TimeSpan.FromSeconds(-1)), await AddAsync(service));
        await In(service, async links =>
        {
            await links.RevokeAsync(_person, "reset", CancellationToken.None);
            Assert.NotNull(await links.FindAsync(Purpose, revoked, CancellationToken.None));
            await links.RevokeAsync(_person, null, CancellationToken.None);
            return 0;
        });
        Assert.All([expired, revoked, "", "x", new string('x', 5000)], async token => Assert.True((await SpendAsync(service, token)).IsRefused));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_link_for_one_purpose_opens_nothing_else(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var token = await AddAsync(service);
        Assert.Null(await In(service, links => links.FindAsync("reset", token, CancellationToken.None)));
    }

    [Fact]
    public async Task A_link_is_used_in_a_transaction_or_not_at_all()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        await Assert.ThrowsAsync<InvalidOperationException>(() => In(service, links => links.SpendAsync(Purpose, "x", CancellationToken.None)));
    }

    private async Task<string> AddAsync(TestService service, TimeSpan? life = null) => await service.InScopeAsync(async provider =>
    {
        var link = provider.GetRequiredService<MailLinks>().Add(Purpose, "/invitation", Guid.CreateVersion7(), _person, life ?? TimeSpan.FromDays(1));
        await provider.GetRequiredService<DeskwardContext>().SaveChangesAsync();
        var token = QueryHelpers.ParseQuery(link.Path[(link.Path.IndexOf('?', StringComparison.Ordinal) + 1)..])[MailLinks.TokenName].ToString();
        Assert.Equal((43, false), (token.Length, link.ToString().Contains(token, StringComparison.Ordinal)));
        return token;
    });

    private static Task<Outcome<OpenMailLink>> SpendAsync(TestService service, string token, bool commit = true) => service.InScopeAsync(async provider =>
    {
        await using var transaction = await provider.GetRequiredService<DeskwardContext>().Database.BeginTransactionAsync();
        var outcome = await provider.GetRequiredService<MailLinks>().SpendAsync(Purpose, token, CancellationToken.None);
        if (commit)
        {
            await transaction.CommitAsync();
        }

        return outcome;
    });

    private static Task<T> In<T>(TestService service, Func<MailLinks, Task<T>> work) => service.InScopeAsync(provider => work(provider.GetRequiredService<MailLinks>()));
}
