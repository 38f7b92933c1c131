using System.Net;
using Deskward.Browser;
using Deskward.DesiredState;
using Deskward.Directories;
using Deskward.Fixture;
using Deskward.Groups.Rings;
using Deskward.Groups.Service;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Groups;

/// <summary>Groups, rings and rules through the pages, and through a directory.</summary>
public sealed class GroupPagesTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_group_by_rule_is_previewed_made_and_changed_through_its_plan(Engine engine)
    {
        var (fleet, visitor) = await GroundAsync(engine);
        using var alice = visitor;
        var device = await fleet.EnrolAsync("Latitude 7450");
        Assert.Contains("Line 1, column 20", await PostedAsync(alice, "/groups/by-rule", "rule", ("rule", "device.deviceModel -equals \"x\""), ("act", "preview")), StringComparison.Ordinal);
        Assert.Contains("1 of 1", await PostedAsync(alice, "/groups/by-rule", "rule", ("rule", "device.deviceModel -contains \"7450\""), ("act", "preview")), StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, alice.PostAsync("/groups/by-rule", "rule", false, ("name", "Big"), ("rule", "device.deviceModel -contains \"7450\""), ("act", "make")));
        var group = await fleet.QueryAsync(db => db.Set<Group>().SingleAsync(row => row.Name == "Big"));
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), group.Id);
        var plan = await PostedAsync(alice, $"/groups/{group.Id}", "rule", ("rule", "device.deviceModel -eq \"x\""), ("version", "0"), ("act", "preview"));
        Assert.Contains("1 PC gets another document", plan, StringComparison.Ordinal);
        var digest = plan.Split("name=\"digest\" value=\"")[1].Split('"')[0];
        Assert.Contains("Tick", await PostedAsync(alice, $"/groups/{group.Id}", "rule", ("rule", "device.deviceModel -eq \"x\""), ("version", "0"), ("digest", digest), ("act", "apply")), StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, alice.PostAsync($"/groups/{group.Id}", "rule", false, ("rule", "device.deviceModel -eq \"x\""), ("version", "0"), ("digest", digest), ("large", "yes"), ("act", "apply")));
        Assert.Empty(await fleet.WantedOfAsync(device));
    }

    [Fact]
    public async Task A_ring_is_assigned_through_the_page_and_whoever_looked_earlier_is_told()
    {
        var (fleet, visitor) = await GroundAsync(Engine.Sqlite);
        using var alice = visitor;
        var device = await fleet.EnrolAsync();
        var page = $"/rings/assign?what=ring&pc={device}&to=Test";
        var seen = (await alice.MarkupAsync(page)).Split("name=\"seen\" value=\"")[1].Split('"')[0];
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, alice.PostAsync(page, "assign", false, ("seen", seen)));
        Assert.Contains("decided about meanwhile", await PostedAsync(alice, page, "assign", ("seen", seen)), StringComparison.Ordinal);
        await fleet.MoveAsync();
        Assert.Contains("/devices/" + device, await alice.MarkupAsync("/rings?ring=Test&by=admin"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_carries_something_shows_its_plan_before_anybody_is_added()
    {
        var (fleet, visitor) = await GroundAsync(Engine.Sqlite);
        using var alice = visitor;
        var (device, group) = (await fleet.EnrolAsync(), await fleet.AddGroupAsync());
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), group.Id);
        var page = $"/groups/{group.Id}?q=PC";
        var plan = await PostedAsync(alice, page, "add", ("pc", device.ToString()));
        Assert.Contains("1 PC gets another document", plan, StringComparison.Ordinal);
        Assert.Empty(await fleet.MembersAsync(group.Id));
        var digest = plan.Split("name=\"digest\" value=\"")[1].Split('"')[0];
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, alice.PostAsync(page, "apply", false, ("pc", device.ToString()), ("digest", digest), ("what", "in"), ("large", "yes")));
        Assert.Equal([device], await fleet.MembersAsync(group.Id));
    }

    [Fact]
    public async Task What_was_changed_past_the_service_stands_on_its_page_and_on_the_board()
    {
        var (fleet, visitor) = await GroundAsync(Engine.Sqlite);
        using var alice = visitor;
        var device = await fleet.EnrolAsync();
        await fleet.ExecuteAsync($"DELETE FROM groups_members WHERE device_id = {device} AND group_id = {ServiceGroups.IdOf(fleet.Tenant, Ring.Broad)}");
        await fleet.GuardAsync();
        Assert.Contains("A PC was taken out", await alice.TextAsync("/groups/protection"), StringComparison.Ordinal);
        var board = await alice.TextAsync("/");
        Assert.Contains("1 of 1 PCs are in exactly one ring and one profile", board, StringComparison.Ordinal);
        Assert.Contains("1 change past the service was undone within 30 days", board, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_directory_is_refused_the_service_s_groups_with_the_right_way_to_ask(Engine engine)
    {
        using var ground = await DirectoryGround.OnAsync(await services.SharedAsync(engine));
        var ring = ServiceGroups.IdOf(ground.Customer.Id, Ring.First);
        foreach (var answer in new[]
        {
            await ground.SendAsync(HttpMethod.Delete, $"/Groups/{ring}"),
            await ground.SendAsync(HttpMethod.Post, "/Groups", $$"""{"schemas":["{{DirectoryGround.GroupSchema}}"],"displayName":"ring first"}"""),
        })
        {
            Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
            Assert.Contains("assign the ring", (string?)answer.Json["detail"], StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await ground.SendAsync(HttpMethod.Post, "/Groups", $$"""{"schemas":["{{DirectoryGround.GroupSchema}}"],"displayName":"Role ItAdministrator"}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ground.GetAsync($"/Groups/{ring}")).Status);
    }

    private async Task<(Fleet Fleet, PortalVisitor Visitor)> GroundAsync(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var customer = await fleet.QueryAsync(db => db.Set<Organisation>().SingleAsync());
        return (fleet, await PortalVisitor.NewAsync(fleet.Service, customer, "alice", Role.ItAdministrator));
    }

    private static async Task<string> PostedAsync(PortalVisitor visitor, string page, string handler, params (string, string)[] fields)
    {
        using var answer = await visitor.PostAsync(page, handler, false, fields);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
