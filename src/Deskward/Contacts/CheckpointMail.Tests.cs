using System.Text;
using Deskward.Audit;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Xunit;

namespace Deskward.Contacts;

/// <summary>The daily checkpoint, through the real outbox to a real mail server.</summary>
public sealed class CheckpointMailTests(MailGrounds grounds) : IClassFixture<MailGrounds>
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_checkpoint_arrives_each_day_once_and_proves_itself(Engine engine)
    {
        var (ground, customer) = await OnAsync(engine);
        var address = $"vault@{customer.Domain}";
        await SetAsync(ground.Service, customer, address);
        await SealedAsync(ground.Service, customer);
        Assert.True(await SendAsync(ground.Service, customer));
        Assert.False(await SendAsync(ground.Service, customer));
        var message = await ArrivedAsync(ground, customer, address, 1);
        var part = Assert.Single(message.Attachments.OfType<MimePart>());
        Assert.Matches($@"^audit-checkpoint-{customer.Domain}-\d{{4}}-\d\d-\d\d\.txt$", part.FileName);
        Assert.Equal(customer.Id, CheckpointFile.Parse(TextOf(part), part.FileName!).Tenant);
        ground.Service.Time.Advance(TimeSpan.FromDays(1));
        Assert.True(await SendAsync(ground.Service, customer));
        await ArrivedAsync(ground, customer, address, 2);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Without_an_address_nothing_is_sent_and_taking_it_back_ends_it(Engine engine)
    {
        var (ground, customer) = await OnAsync(engine);
        Assert.False(await SendAsync(ground.Service, customer));
        await SetAsync(ground.Service, customer, $"vault@{customer.Domain}");
        await SetAsync(ground.Service, customer, "");
        Assert.False(await SendAsync(ground.Service, customer));
        Assert.Equal(2, await ground.Service.QueryAsync(db => db.Set<AuditEntry>().CountAsync(row => row.Action == "audit.address"), customer.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_chain_that_was_rewritten_is_told_as_an_alarm(Engine engine)
    {
        var (ground, customer) = await OnAsync(engine);
        var address = $"vault@{customer.Domain}";
        await SetAsync(ground.Service, customer, address);
        await SealedAsync(ground.Service, customer);
        Assert.True(await SendAsync(ground.Service, customer));
        await ArrivedAsync(ground, customer, address, 1);
        await ground.Service.QueryAsync(db => RewriteAsync(ground.Service, db, customer), customer.Id);
        ground.Service.Time.Advance(TimeSpan.FromDays(1));
        Assert.True(await SendAsync(ground.Service, customer));
        var alarm = await ArrivedAsync(ground, customer, address, 2);
        Assert.Empty(alarm.Attachments);
        Assert.Contains("does not hold", alarm.Subject, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_owner_sets_the_address_on_a_page_and_an_administrator_cannot(Engine engine)
    {
        var (ground, customer) = await OnAsync(engine);
        using var owner = new PortalVisitor(ground.Service);
        await owner.SignInAsync((await ground.Service.AddPersonAsync(customer, "olga", Role.CustomerOwner)).UserName!);
        await owner.PostAsync("/audit/checkpoints", "address", false, ("mail", "no address"), ("language", "en"));
        Assert.DoesNotContain("no address", await owner.TextAsync("/audit/checkpoints"), StringComparison.Ordinal);
        await owner.PostAsync("/audit/checkpoints", "address", false, ("mail", "vault@contoso.example"), ("language", "zh-Hans"));
        Assert.Contains("vault@contoso.example", await owner.TextAsync("/audit/checkpoints"), StringComparison.Ordinal);
        using var administrator = new PortalVisitor(ground.Service);
        await administrator.SignInAsync((await ground.Service.AddPersonAsync(customer, "adam", Role.ItAdministrator)).UserName!);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await administrator.GetAsync("/audit/checkpoints")).StatusCode);
    }

    private async Task<(MailGround Ground, Organisation Customer)> OnAsync(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        return (ground, await ground.Service.AddCustomerAsync());
    }

    private static Task<Refusal?> SetAsync(TestService service, Organisation customer, string mail) =>
        service.InScopeAsync(provider => provider.GetRequiredService<CheckpointAddresses>().SetAsync(customer.Id, mail, "en", CancellationToken.None), customer.Id);

    private static Task<bool> SendAsync(TestService service, Organisation customer) => service.InScopeAsync(
        provider => provider.GetRequiredService<CheckpointMail>().SendAsync(new OrganisationFacts(customer.Id, customer.Kind, customer.Name, customer.Domain), CancellationToken.None), customer.Id);

    private static async Task SealedAsync(TestService service, Organisation customer)
    {
        while (await service.QueryAsync(db => db.Set<UnchainedEntry>().AnyAsync(), customer.Id))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What somebody does who has the database: the signed row's link becomes another.</summary>
    private static async Task<int> RewriteAsync(TestService service, DeskwardContext db, Organisation customer)
    {
        await using var owner = service.Settings.IsSqlite ? db : new PostgresContext(
            (DbContextOptions<PostgresContext>)new DbContextOptionsBuilder<PostgresContext>().UseNpgsql(service.Settings.OwnerDatabase).UseSnakeCaseNamingConvention().Options, new TenantScope());
        return await owner.Database.ExecuteSqlAsync($"UPDATE audit_links SET hash = digest WHERE tenant_id = {customer.Id}");
    }

    private static async Task<MimeMessage> ArrivedAsync(MailGround ground, Organisation customer, string address, int count)
    {
        var id = await ground.Service.QueryAsync(db => db.Set<SentNotice>().Where(row => row.Address == address).OrderByDescending(row => row.At).Select(row => row.Id).FirstAsync(), customer.Id);
        var mail = await ground.UntilAsync(id, MailState.Sent);
        var messages = ground.Host.For(address).ToList();
        Assert.Equal(count, messages.Count);
        return messages.Single(message => message.MessageId == mail.MessageId);
    }

    private static string TextOf(MimePart part)
    {
        using var bytes = new MemoryStream();
        part.Content!.DecodeTo(bytes);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
