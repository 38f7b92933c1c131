using System.Net;
using Deskward.Browser;
using Deskward.Enrollment;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Directories;

/// <summary>Whoever loses access has lost it when the directory is answered: here, and on the other node.</summary>
public sealed class LosingAccessTests(Services services)
{
    private static readonly string[] Losses = ["deactivation", "deactivation in text", "deletion", "group"];

    public static TheoryData<Engine, string> Cases =>
        [.. new[] { Engine.Sqlite, Engine.Postgres }.SelectMany(engine => Losses.Select(loss => new TheoryDataRow<Engine, string>(engine, loss)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_somebody_held_ends_with_the_answer(Engine engine, string loss)
    {
        using var ground = await DirectoryGround.OnAsync(await services.SharedAsync(engine));
        var (user, group) = await AdministratorAsync(ground);
        using var visitor = new PortalVisitor(ground.Service);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.SignInAsync(ground.Address("ann")));
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/enrolment-codes")).StatusCode);
        var link = await LinkAsync(ground, user);
        var (own, made) = (await CodeAsync(ground, user, "alice"), await CodeAsync(ground, await ground.AddUserAsync("bea"), ground.Address("ann")));
        await LoseAsync(ground, loss, user, group);
        Assert.NotEqual(HttpStatusCode.OK, (await visitor.GetAsync("/enrolment-codes")).StatusCode);
        Assert.False(await IsOpenAsync(ground, link));
        Assert.Equal((true, true), (await IsRevokedAsync(ground, own), await IsRevokedAsync(ground, made)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_waits_to_be_mailed_is_taken_back(Engine engine, string loss)
    {
        using var ground = await DirectoryGround.OnAsync(await services.SharedAsync(engine));
        var (user, group) = await AdministratorAsync(ground);
        await ground.Service.InScopeAsync(async provider =>
        {
            var db = provider.GetRequiredService<DeskwardContext>();
            var person = await db.Set<Person>().SingleAsync(row => row.Id == user);
            await provider.GetRequiredService<NoticeBoard>().SendAsync(new Notice(NoticesModule.Test, ground.Customer.Id) { To = [person.AsRecipient()], Values = new Dictionary<string, NoticeValue> { ["name"] = "Ann", ["at"] = ground.Service.Time.GetUtcNow() } }, CancellationToken.None);
            return await db.SaveChangesAsync();
        }, ground.Customer.Id);
        var waiting = await ground.Service.QueryAsync(db => db.Set<Mail>().Where(row => row.PersonId == user && row.State == MailState.Waiting).Select(row => row.Id).ToListAsync(), ground.Customer.Id);
        await LoseAsync(ground, loss, user, group);
        var states = await ground.Service.QueryAsync(db => db.Set<Mail>().Where(row => waiting.Contains(row.Id)).Select(row => row.State).ToListAsync(), ground.Customer.Id);
        Assert.Equal((true, waiting.Count), (waiting.Count > 0, states.Count(state => state == MailState.Withdrawn)));
    }

    [Theory]
    [InlineData("deactivation")]
    [InlineData("deactivation in text")]
    [InlineData("deletion")]
    [InlineData("group")]
    public async Task It_has_ended_on_the_other_node_too(string loss)
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        await using var alpha = await TestService.StartAsync(settings);
        await using var beta = await TestService.StartAsync(Other(settings));
        await alpha.ProviderAsync();
        using var ground = await DirectoryGround.OnAsync(alpha);
        var (user, group) = await AdministratorAsync(ground);
        using var visitor = new PortalVisitor(beta);
        await visitor.SignInAsync(ground.Address("ann"));
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/enrolment-codes")).StatusCode);
        await LoseAsync(ground, loss, user, group);
        Assert.NotEqual(HttpStatusCode.OK, (await visitor.GetAsync("/enrolment-codes")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_owners_who_stay_are_told_of_a_token_that_somebody_knows_who_is_no_owner_any_more(Engine engine, string loss)
    {
        using var ground = await DirectoryGround.OnAsync(await services.SharedAsync(engine));
        using var alice = await PortalVisitor.NewAsync(ground.Service, ground.Customer, "alice", Role.CustomerOwner);
        var user = await ground.AddUserAsync("ann");
        var group = await ground.AddGroupAsync("Owners", user);
        Assert.True(await ScimGroupsTests.BindAsync(ground, group, Role.CustomerOwner));
        await ground.Service.InScopeAsync(async provider =>
        {
            provider.GetRequiredService<Audit.AuditTrail>().Actor = new Audit.Actor(Audit.ActorKind.Person, user, ground.Address("ann"));
            return await provider.GetRequiredService<DirectoryTokens>().CreateAsync(ground.Customer.Id, "Okta", 30, CancellationToken.None);
        }, ground.Customer.Id);
        Assert.DoesNotContain("no owner any more", await alice.TextAsync("/directory"), StringComparison.Ordinal);
        await LoseAsync(ground, loss, user, group);
        Assert.Contains("Replace the directory token Okta", await alice.TextAsync("/messages"), StringComparison.Ordinal);
        Assert.Contains("Known to somebody who is no owner any more", await alice.TextAsync("/directory"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_revoked_on_one_node_is_refused_on_the_other()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        await using var alpha = await TestService.StartAsync(settings);
        await using var beta = await TestService.StartAsync(Other(settings));
        await alpha.ProviderAsync();
        using var ground = await DirectoryGround.OnAsync(alpha);
        Assert.Equal(HttpStatusCode.OK, (await ground.GetAsync("/Users")).Status);
        await RevokeTokensAsync(beta, ground.Customer.Id);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ground.GetAsync("/Users")).Status);
    }

    [Fact]
    public async Task Who_keeps_another_role_keeps_it()
    {
        using var ground = await DirectoryGround.OnAsync(await services.SharedAsync(Engine.Sqlite));
        var (user, group) = await AdministratorAsync(ground);
        var other = await ground.AddGroupAsync("Readers", user);
        await ScimGroupsTests.BindAsync(ground, other, Role.ServiceReader, Role.ItAdministrator);
        await LoseAsync(ground, "group", user, group);
        Assert.Equal(RoleSet.Of(Role.ServiceReader, Role.ItAdministrator), await ground.Service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == user).Select(row => row.Roles).SingleAsync(), ground.Customer.Id));
    }

    /// <summary>Ann came over SCIM, is IT administrator by her group, and has a password.</summary>
    private static async Task<(Guid User, Guid Group)> AdministratorAsync(DirectoryGround ground)
    {
        var user = await ground.AddUserAsync("ann");
        var group = await ground.AddGroupAsync("Administrators", user);
        Assert.True(await ScimGroupsTests.BindAsync(ground, group, Role.ItAdministrator));
        await ground.Service.InScopeAsync(async provider =>
        {
            var person = await provider.GetRequiredService<DeskwardContext>().Set<Person>().SingleAsync(row => row.Id == user);
            return await provider.GetRequiredService<PeopleDirectory>().SetPasswordAsync(person, TestService.Password);
        }, ground.Customer.Id);
        return (user, group);
    }

    private static async Task LoseAsync(DirectoryGround ground, string loss, Guid user, Guid group) => Assert.True((int)(loss switch
    {
        "deactivation" => await ground.PatchAsync($"/Users/{user}", """{"op":"replace","path":"active","value":false}"""),
        "deactivation in text" => await ground.PatchAsync($"/Users/{user}", """{"op":"Replace","path":"active","value":"False"}"""),
        "deletion" => await ground.SendAsync(HttpMethod.Delete, $"/Users/{user}"),
        _ => await ground.PatchAsync($"/Groups/{group}", $$"""{"op":"Remove","path":"members","value":[{"value":"{{user}}"}]}"""),
    }).Status < 300);

    private static Task<Guid> LinkAsync(DirectoryGround ground, Guid user) => ground.Service.InScopeAsync(async provider =>
    {
        var link = provider.GetRequiredService<MailLinks>().Add("test", "/test", ground.Customer.Id, user, TimeSpan.FromHours(1));
        await provider.GetRequiredService<DeskwardContext>().SaveChangesAsync();
        return link.Id;
    }, ground.Customer.Id);

    private static Task<bool> IsOpenAsync(DirectoryGround ground, Guid link) =>
        ground.Service.QueryAsync(db => db.Set<MailLink>().AnyAsync(row => row.Id == link && row.RevokedAt == null), ground.Customer.Id);

    private static Task<Guid> CodeAsync(DirectoryGround ground, Guid person, string by) => ground.Service.InScopeAsync(async provider =>
    {
        provider.GetRequiredService<Audit.AuditTrail>().Actor = new Audit.Actor(Audit.ActorKind.Person, null, by);
        var owner = await provider.GetRequiredService<DeskwardContext>().Set<Person>().SingleAsync(row => row.Id == person);
        return (await provider.GetRequiredService<EnrolmentCodes>().CreateAsync(owner, 1, TimeSpan.FromHours(1), CancellationToken.None)).Value!.Id;
    }, ground.Customer.Id);

    private static Task<bool> IsRevokedAsync(DirectoryGround ground, Guid code) =>
        ground.Service.QueryAsync(db => db.Set<EnrolmentCode>().AnyAsync(row => row.Id == code && row.RevokedAt != null), ground.Customer.Id);

    /// <summary>The same service on ports of its own: what the first calls itself stays.</summary>
    private static ServiceSettings Other(ServiceSettings settings) => settings with
    {
        Listen = new IPEndPoint(IPAddress.Loopback, PostgresServer.FreePort()), ListenManagement = new IPEndPoint(IPAddress.Loopback, PostgresServer.FreePort()),
    };

    private static Task<bool> RevokeTokensAsync(TestService node, Guid tenant) => node.InScopeAsync(async provider =>
    {
        var tokens = provider.GetRequiredService<DirectoryTokens>();
        foreach (var token in await tokens.ListAsync(tenant, CancellationToken.None))
        {
            await tokens.RevokeAsync(token.Id, CancellationToken.None);
        }

        return true;
    }, tenant);
}
