using System.Net;
using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Identity.Factors;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Faults;

/// <summary>Somebody sets the server's clock back, or it is corrected: nothing that has ended begins again, and no order is lost.</summary>
public sealed class ClockChangeTests(Services services)
{
    private static readonly TimeSpan Hours = TimeSpan.FromHours(3);

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_grant_that_has_ended_opens_nothing_when_the_clock_goes_back(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var ground = await AccessGround.OnAsync(service);
        await ground.GrantAsync(ground.Ed);
        using var ed = await ground.VisitAsync(ground.Ed);
        Assert.True(await ground.SeesPcAsync(ed));
        service.Time.Advance(Hours);
        await service.Provider.GetRequiredService<AccessUpkeep>().SettleAsync(CancellationToken.None);
        service.Time.Advance(-Hours);
        Assert.False(await ground.SeesPcAsync(ed));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_code_that_was_used_is_not_taken_again_when_the_clock_goes_back(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var person = await service.AddPersonAsync(await service.ProviderAsync(), "ed", Platform.Duties.Role.OperationsEngineer);
        var code = await service.CodeAsync(person.UserName!);
        Assert.True(await VerifyAsync(service, person, code));
        service.Time.Advance(-TimeSpan.FromSeconds(30));
        Assert.False(await VerifyAsync(service, person, code));
        Assert.False(await VerifyAsync(service, person, Totp.Code(TestService.AppSecret, Totp.StepAt(service.Time.GetUtcNow()))));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_trail_is_chained_in_the_order_of_writing_when_the_clock_goes_back(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var ground = await AuditGround.OnAsync(service);
        await ground.WriteAsync(1, "Before");
        service.Time.Advance(-Hours);
        await ground.WriteAsync(1, "After");
        await ground.SealAsync();
        var last = (await ground.LinksAsync())[^1].Sequence;
        Assert.Equal(("Before 0", "After 0"), ((await ground.EntryAsync(last - 1)).ObjectName, (await ground.EntryAsync(last)).ObjectName));
        Assert.Null((await ground.VerifyAsync()).Flaw);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nobody_stays_signed_in_or_holds_a_grant_for_longer_because_the_clock_goes_back(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var ground = await AccessGround.OnAsync(service);
        await ground.GrantAsync(ground.Ed);
        using var alice = await ground.VisitAsync(ground.Alice);
        service.Time.Advance(-TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/devices")).StatusCode);
        service.Time.Advance(-Hours * 3);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.GetAsync("/devices")).StatusCode);
        Assert.Empty((await ground.MemberAsync(ground.Ed)).Grants);
    }

    private static Task<bool> VerifyAsync(TestService service, Identity.Person person, string code) =>
        service.InScopeAsync(provider => provider.GetRequiredService<AuthenticatorApps>().VerifyAsync(person.Id, code, CancellationToken.None), person.TenantId);
}
