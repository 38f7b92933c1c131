using Deskward.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Notices;

public sealed class OutboxUpkeepTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_was_told_is_kept_for_400_days(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        await TellAsync(service);
        await ClearAfterAsync(service, OutboxUpkeep.KeptFor - TimeSpan.FromDays(1));
        Assert.Equal((1, 1), await CountAsync(service));
        await ClearAfterAsync(service, TimeSpan.FromDays(2));
        Assert.Equal((0, 0), await CountAsync(service));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_content_of_what_failed_is_dropped_after_two_weeks(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var id = await TellAsync(service);
        await service.QueryAsync(db => db.Set<Mail>().ExecuteUpdateAsync(set => set.SetProperty(row => row.State, MailState.Failed).SetProperty(row => row.DueAt, (DateTimeOffset?)null)));
        await ClearAfterAsync(service, Mail.LongestWait - TimeSpan.FromDays(1));
        Assert.True((await new MailGround(service, null!).MailAsync(id)).MaySendAgain);
        await ClearAfterAsync(service, TimeSpan.FromDays(2));
        Assert.False((await new MailGround(service, null!).MailAsync(id)).MaySendAgain);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whether_mail_works_is_told_from_what_became_of_the_latest(Engine engine)
    {
        await using var host = MailHost.Start();
        await using var service = await services.FreshAsync(engine, settings => settings with { Mail = host.Settings });
        var ground = new MailGround(service, host);
        Assert.Equal(MailHealth.Untried, await HealthAsync(service));
        await ground.UntilAsync(await TellAsync(service), MailState.Sent);
        Assert.Equal(MailHealth.Working, await HealthAsync(service));
        host.OnRecipient = _ => throw MailGround.Answer(550, "no");
        await ground.UntilAsync(await TellAsync(service), MailState.Failed);
        Assert.Equal(MailHealth.Failing, await HealthAsync(service));
    }

    [Fact]
    public async Task Without_a_server_mail_waits_and_the_portal_tells_all_the_same()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        var mail = await new MailGround(service, null!).MailAsync(await TellAsync(service));
        Assert.Equal((MailState.Waiting, MailHealth.NoServer), (mail.State, await HealthAsync(service)));
    }

    private static async Task<Guid> TellAsync(TestService service)
    {
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        return await new MailGround(service, null!).TellAsync(customer.Id, new Recipient(null, $"alice@{customer.Domain}", null));
    }

    private static Task ClearAfterAsync(TestService service, TimeSpan time)
    {
        service.Time.Advance(time);
        return service.Provider.GetRequiredService<OutboxUpkeep>().ClearAsync(CancellationToken.None);
    }

    private static Task<(int, int)> CountAsync(TestService service) => service.QueryAsync(async db => (await db.Set<SentNotice>().CountAsync(), await db.Set<Mail>().CountAsync()));

    private static Task<MailHealth> HealthAsync(TestService service) => service.InScopeAsync(provider => provider.GetRequiredService<SentNotices>().HealthAsync(CancellationToken.None));
}
