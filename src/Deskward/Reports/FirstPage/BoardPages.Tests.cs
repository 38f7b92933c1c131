using System.Net;
using System.Text.RegularExpressions;
using Deskward.Audit;
using Deskward.Browser;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Reports.FirstPage;

/// <summary>The first page, as the provider and as customers see it.</summary>
public sealed partial class BoardPagesTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_customer_sees_the_fifteen_rows_and_which_are_not_built_yet(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        using var visitor = await AccessTests.SignedInAsync(service, Role.ItAdministrator);
        var page = await visitor.TextAsync("/");
        Assert.All(Matrix.Default.Rows, row => Assert.Contains(row.Title.En, page, StringComparison.Ordinal));
        Assert.Equal(Matrix.Default.Rows.Count(row => !row.Built && row.Id is not ("C2" or "C7")), Badge().Count(page));
        Assert.Contains("No PCs are enrolled yet", page, StringComparison.Ordinal);
        Assert.DoesNotContain("In order", page, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_provider_sees_all_its_customers_worst_first_and_each_one_behind_a_click(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var (good, bad) = await TwoCustomersAsync(service);
        using var visitor = new PortalVisitor(service);
        await visitor.SignInAsync((await service.AddPersonAsync(await service.ProviderAsync(), "eva", Role.OperationsEngineer)).UserName!);
        var page = await visitor.TextAsync("/");
        Assert.InRange(page.IndexOf(bad.Name, StringComparison.Ordinal), 1, page.IndexOf(good.Name, StringComparison.Ordinal));
        Assert.DoesNotContain(good.Name, await visitor.TextAsync($"/?q={bad.Name}"), StringComparison.Ordinal);
        Assert.Contains("0 of 1 PCs (0 %)", await visitor.TextAsync($"/board/{bad.Id}"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Another_customers_board_answers_like_one_that_does_not_exist(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var other = await service.AddCustomerAsync("Fabrikam");
        using var visitor = await AccessTests.SignedInAsync(service, Role.CustomerOwner);
        using var foreign = await visitor.GetAsync($"/board/{other.Id}");
        using var random = await visitor.GetAsync($"/board/{Guid.CreateVersion7()}");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (foreign.StatusCode, random.StatusCode));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_customer_sees_what_the_provider_did_and_who_may_not_does_not(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        var ed = await service.AddPersonAsync(await service.ProviderAsync(), $"ed{customer.Domain[..8]}", Role.OperationsEngineer);
        var alice = await service.AddPersonAsync(customer, "alice", Role.CustomerOwner);
        var packager = await service.AddPersonAsync(customer, "pat", Role.AppPackager);
        await RecordAsync(service, customer, ed, "group.add", "Deed of Ed");
        await RecordAsync(service, customer, ed, "securityContact.add", "Hidden deed");
        await RecordAsync(service, customer, alice, "group.add", "Deed of Alice");
        var deeds = await service.InScopeAsync(provider => provider.GetRequiredService<ProviderDeeds>().LatestAsync(customer.Id, customer.Domain, withSecurity: false, 8, CancellationToken.None), customer.Id);
        Assert.Equal("Deed of Ed", Assert.Single(deeds).ObjectName);
        Assert.Contains("Deed of Ed", await PageOfAsync(service, alice), StringComparison.Ordinal);
        Assert.DoesNotContain("Deed of Ed", await PageOfAsync(service, packager), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Evidence_that_is_too_old_does_not_count(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        var now = service.Time.GetUtcNow();
        await AddPcAsync(service, customer, isClean: true, readDueAt: now - TimeSpan.FromHours(11));
        await AddPcAsync(service, customer, isClean: true, readDueAt: now - TimeSpan.FromHours(13));
        await AddPcAsync(service, customer, isClean: false, readDueAt: now - TimeSpan.FromHours(13));
        var needs = await service.InScopeAsync(provider => provider.GetRequiredService<FleetSummary>().NeedsAsync([customer.Id], _ => TimeSpan.FromHours(36), CancellationToken.None), customer.Id);
        Assert.Equal((3, 2, 1, 1), (needs[0].Total, needs[0].Desired, needs[0].Stale, needs[0].Proven));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task People_and_PCs_that_do_not_fit_together_are_counted_per_customer(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var (one, other) = (await service.AddCustomerAsync(), await service.AddCustomerAsync());
        var leaver = await service.AddPersonAsync(one, "leaver");
        await service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == leaver.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsEnabled, false)), one.Id);
        var mailless = await service.AddPersonAsync(one, "mailless");
        await service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == mailless.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Email, (string?)null)), one.Id);
        await AddPcAsync(service, one, true, service.Time.GetUtcNow(), leaver.Id);
        await AddPcAsync(service, one, true, service.Time.GetUtcNow());
        var facts = await service.InScopeAsync(provider => provider.GetServices<IRowEvidence>().Single(source => source.Row == "C2").CountAsync([one.Id, other.Id], CancellationToken.None), one.Id, other.Id);
        Assert.Equal(["C2.leavers 1", "C2.mailless 1", "C2.no-directory", "C2.ownerless 1"], facts[one.Id].Select(fact => $"{fact.Key} {string.Join(' ', fact.Numbers)}".TrimEnd()).Order());
        Assert.DoesNotContain(facts[other.Id], fact => fact.State == EvidenceState.Good);
    }

    private static async Task<(Organisation Good, Organisation Bad)> TwoCustomersAsync(TestService service)
    {
        await service.ProviderAsync();
        var (good, bad) = (await service.AddCustomerAsync("Adatum"), await service.AddCustomerAsync("Wingtip"));
        await AddPcAsync(service, good, isClean: true, service.Time.GetUtcNow());
        await AddPcAsync(service, bad, isClean: false, service.Time.GetUtcNow());
        return (good, bad);
    }

    private static Task<int> AddPcAsync(TestService service, Organisation customer, bool isClean, DateTimeOffset readDueAt, Guid? person = null) => service.QueryAsync(
        db =>
        {
            var pc = new Device
            {
                TenantId = customer.Id, HardwareId = Guid.CreateVersion7().ToString("n").ToUpperInvariant(), Name = "PC", UserAddress = "x@" + customer.Domain, EnrolledAt = DateTimeOffset.UnixEpoch,
                LastSeenAt = service.Time.GetUtcNow(), SettledHash = isClean ? TargetDocument.Empty.Hash : null, IsClean = isClean, PersonId = person,
            };
            db.Add(pc);
            db.Add(new DeviceProgress { DeviceId = pc.Id, TenantId = customer.Id, ReadDueAt = readDueAt });
            return db.SaveChangesAsync();
        },
        customer.Id);

    private static Task<int> RecordAsync(TestService service, Organisation customer, Person actor, string action, string what) => service.InScopeAsync(
        provider =>
        {
            var trail = provider.GetRequiredService<AuditTrail>();
            trail.Actor = new Actor(ActorKind.Person, actor.Id, actor.UserName!);
            trail.Record(customer.Id, action, null, what);
            return provider.GetRequiredService<DeskwardContext>().SaveChangesAsync();
        },
        customer.Id);

    private static async Task<string> PageOfAsync(TestService service, Person person)
    {
        using var visitor = new PortalVisitor(service);
        await visitor.SignInAsync(person.UserName!);
        return await visitor.TextAsync("/");
    }

    [GeneratedRegex("Not built yet")]
    private static partial Regex Badge();
}
