using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Identity;
using Deskward.Platform.Duties;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Platform.Portal;

public sealed class LiveAnswersTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_answer_under_way_breaks_off_when_the_customer_ends_the_grant(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        var grant = await ground.GrantAsync(ground.Ed);
        using var aborted = new Aborting();
        using var followed = await FollowAsync(ground, aborted);
        using var alice = await ground.VisitAsync(ground.Alice);
        Assert.False(aborted.RequestAborted.IsCancellationRequested);
        await AccessGround.EndAsync(alice, grant);
        Assert.True(await aborted.WithinAsync(TimeSpan.FromSeconds(5)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Another_grant_and_the_end_of_the_answer_leave_the_connection_alone(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        var (first, _) = (await ground.GrantAsync(ground.Ed), await ground.GrantAsync(ground.Ed));
        using var aborted = new Aborting();
        using var alice = await ground.VisitAsync(ground.Alice);
        using (await FollowAsync(ground, aborted))
        {
            await AccessGround.EndAsync(alice, first);
            Assert.False(await aborted.WithinAsync(TimeSpan.FromSeconds(1)));
        }

        await AccessGround.EndAsync(alice, await ground.LatestAsync(ground.Ed));
        Assert.False(await aborted.WithinAsync(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task An_answer_under_way_breaks_off_when_the_time_is_over()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite);
        var ground = await AccessGround.OnAsync(service);
        await ground.GrantAsync(ground.Ed);
        service.Time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(3));
        using var aborted = new Aborting();
        using var followed = await FollowAsync(ground, aborted);
        Assert.True(await aborted.WithinAsync(TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_answer_under_way_breaks_off_when_its_reader_loses_access(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        Person[] readers = [await ReaderAsync(ground, "bob"), await ReaderAsync(ground, "dora"), await ReaderAsync(ground, "carl")];
        using Aborting disabled = new(), withoutRole = new(), other = new();
        using var first = await FollowAsync(ground, disabled, readers[0]);
        using var second = await FollowAsync(ground, withoutRole, readers[1]);
        using var beside = await FollowAsync(ground, other, readers[2]);
        Assert.Null(await ChangeAsync(ground, readers[0], RoleSet.None, enabled: false));
        Assert.Null(await ChangeAsync(ground, readers[1], RoleSet.None, enabled: true));
        Assert.Equal((true, true), (await disabled.WithinAsync(TimeSpan.FromSeconds(20)), await withoutRole.WithinAsync(TimeSpan.FromSeconds(20))));
        Assert.False(await other.WithinAsync(TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_answer_by_grant_breaks_off_when_the_engineer_loses_the_role(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        await ground.GrantAsync(ground.Ed);
        using var aborted = new Aborting();
        using var followed = await FollowAsync(ground, aborted);
        Assert.Null(await ChangeAsync(ground, ground.Ed, RoleSet.Of(Role.SocAnalyst), enabled: true));
        Assert.True(await aborted.WithinAsync(TimeSpan.FromSeconds(20)));
    }

    private static Task<Person> ReaderAsync(AccessGround ground, string name) => ground.Service.AddPersonAsync(ground.Customer, name, Role.ServiceReader);

    private static Task<Refusal?> ChangeAsync(AccessGround ground, Person person, RoleSet roles, bool enabled) => ground.Service.InScopeAsync(async provider =>
    {
        var stored = await provider.GetRequiredService<DeskwardContext>().Set<Person>().SingleAsync(row => row.Id == person.Id);
        return await provider.GetRequiredService<PeopleDirectory>().ChangeAsync(stored, roles, enabled, CancellationToken.None);
    }, person.TenantId);

    private static async Task<IDisposable?> FollowAsync(AccessGround ground, Aborting lifetime, Person? reader = null)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        var followed = ground.Service.Provider.GetRequiredService<LiveAnswers>().Follow(context, await ground.MemberAsync(reader ?? ground.Ed), [ground.Customer.Id], ("platform.device-details", DutyAction.Read));
        Assert.NotNull(followed);
        return followed;
    }

    /// <summary>The connection of an answer, as far as it matters here.</summary>
    private sealed class Aborting : IHttpRequestLifetimeFeature, IDisposable
    {
        private readonly CancellationTokenSource _source = new();

        public CancellationToken RequestAborted { get => _source.Token; set => throw new NotSupportedException(); }

        public void Abort() => _source.Cancel();

        public void Dispose() => _source.Dispose();

        internal async Task<bool> WithinAsync(TimeSpan time)
        {
            await Task.Delay(time, RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return RequestAborted.IsCancellationRequested;
        }
    }
}
