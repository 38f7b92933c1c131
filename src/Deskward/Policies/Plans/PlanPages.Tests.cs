using System.Net;
using Deskward.Browser;
using Deskward.DesiredState;
using Deskward.DesiredState.Plans;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Plans;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Policies.Plans;

/// <summary>Plans as people meet them: before they assign and take away, and afterwards.</summary>
public sealed class PlanPagesTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_assignment_is_planned_carried_out_and_compared_with_its_plan(Engine engine)
    {
        var (fleet, visitor) = await GroundAsync(engine);
        using var alice = visitor;
        await fleet.AddDevicesAsync(2);
        var (version, all) = (await fleet.AddPolicyAsync((Fleet.Camera, "0"), (Fleet.Pin, "6")), await fleet.AllDevicesAsync());
        var page = $"/policy-sets/{version.PolicySetId}/assign?group={all}";
        var plan = await alice.MarkupAsync(page);
        Assert.Contains("2 PCs get another document", plan, StringComparison.Ordinal);
        Assert.Contains("PC-1", await alice.TextAsync(plan.Split("href=\"")[1..].First(rest => rest.StartsWith("/plans/pcs", StringComparison.Ordinal)).Split('"')[0]), StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, alice.PostAsync(page, "assign", false, ("digest", DigestOf(plan))));
        var kept = await fleet.QueryAsync(db => db.Set<CarriedOutPlan>().SingleAsync());
        Assert.Contains($"/plans/{kept.Id}", await alice.MarkupAsync($"/plans?customer={fleet.Tenant}"), StringComparison.Ordinal);
        var result = await alice.TextAsync($"/plans/{kept.Id}");
        Assert.Contains("Not seen since (2)", result, StringComparison.Ordinal);
        Assert.Contains("AllowCamera", result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Whoever_looked_before_the_world_changed_is_shown_the_new_plan(Engine engine)
    {
        var (fleet, visitor) = await GroundAsync(engine);
        using var alice = visitor;
        await fleet.AddDevicesAsync(1);
        var (version, all) = (await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var page = $"/policy-sets/{version.PolicySetId}/assign?group={all}";
        var seen = DigestOf(await alice.MarkupAsync(page));
        await fleet.AddDevicesAsync(1);
        using var answer = await alice.PostAsync(page, "assign", false, ("digest", seen));
        var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains("not the same any more", text, StringComparison.Ordinal);
        Assert.Contains("2 PCs get another document", text, StringComparison.Ordinal);
        Assert.Equal(0, await fleet.QueryAsync(db => db.Set<Assignment>().CountAsync()));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, alice.PostAsync(page, "assign", false, ("digest", DigestOf(text))));
    }

    [Fact]
    public async Task An_assignment_is_taken_away_through_its_plan()
    {
        var (fleet, visitor) = await GroundAsync(Engine.Sqlite);
        using var alice = visitor;
        await fleet.AddDevicesAsync(1);
        var (version, all) = (await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        await fleet.AssignAsync(version, all, Layer.Customer);
        Assert.Contains($"/policy-sets/{version.PolicySetId}/unassign?group={all}", await alice.MarkupAsync($"/policy-sets/{version.PolicySetId}"), StringComparison.Ordinal);
        var page = $"/policy-sets/{version.PolicySetId}/unassign?group={all}";
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, alice.PostAsync(page, "unassign", false, ("digest", DigestOf(await alice.MarkupAsync(page)))));
        Assert.Equal(0, await fleet.QueryAsync(db => db.Set<Assignment>().CountAsync()));
        Assert.Contains("Not assigned to any group", await alice.TextAsync(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rings_and_profiles_are_called_by_the_names_that_people_know()
    {
        var (fleet, visitor) = await GroundAsync(Engine.Sqlite);
        using var alice = visitor;
        await fleet.QueryAsync(db =>
        {
            db.Add(new CarriedOutPlan { TenantId = fleet.Tenant, Number = 1, At = fleet.Service.Time.Now(), By = "Eva", Cause = PlanCause.ProfileChanged, Subject = "SensitiveData" });
            db.Add(new CarriedOutPlan { TenantId = fleet.Tenant, Number = 2, At = fleet.Service.Time.Now(), By = "Eva", Cause = PlanCause.RingChanged, Subject = "First, Broad" });
            return db.SaveChangesAsync();
        });
        var text = await alice.TextAsync("/plans");
        Assert.Contains("Sensitive data", text, StringComparison.Ordinal);
        Assert.Contains("First · Broad", text, StringComparison.Ordinal);
    }

    private static string DigestOf(string page) => page.Split("name=\"digest\" value=\"")[1].Split('"')[0];

    private async Task<(Fleet Fleet, PortalVisitor Visitor)> GroundAsync(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var customer = await fleet.QueryAsync(db => db.Set<Organisation>().SingleAsync());
        return (fleet, await PortalVisitor.NewAsync(fleet.Service, customer, "alice", Role.ItAdministrator));
    }
}
