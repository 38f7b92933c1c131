using System.Net;
using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Organisations;

public sealed class OnboardingTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_provider_brings_a_customer_on_board_in_one_form(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        using var eva = await ground.Access.VisitAsync(ground.Access.Eva);
        var answer = await eva.PostAsync("/organisations/new", "add", false, Form("adatum.example", "adele@adatum.example"));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var customer = Guid.Parse(answer.Headers.Location!.AbsolutePath.Split('/')[2]);
        var (row, person, calendar) = await ground.Service.QueryAsync(async db => (
            await db.Set<Organisation>().SingleAsync(one => one.Id == customer), await db.Set<Person>().SingleAsync(one => one.TenantId == customer), await db.Set<CalendarVersion>().SingleAsync(one => one.TenantId == customer)), customer);
        Assert.Equal(("Adatum", OrganisationState.Active), (row.Name, row.State));
        Assert.Equal(RoleSet.Of(Role.CustomerOwner, Role.ItAdministrator), person.Roles);
        Assert.Equal(1, await ground.Service.QueryAsync(db => db.Set<AuditEntry>().CountAsync(entry => entry.Action == "person.invite" && entry.ObjectId == person.Id), customer));
        Assert.Equal(("Asia/Shanghai", 0b0000110), (calendar.TimeZone, calendar.WorkingDays));
    }

    [Theory]
    [InlineData("contoso", "adele@adatum.example")]
    [InlineData("adatum.example", "adele@elsewhere.example")]
    public async Task What_is_refused_leaves_nothing_behind(string domain, string address)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, Engine.Sqlite);
        using var eva = await ground.Access.VisitAsync(ground.Access.Eva);
        Assert.Equal(HttpStatusCode.OK, (await eva.PostAsync("/organisations/new", "add", false, Form(domain, address))).StatusCode);
        Assert.Equal(2, await ground.Service.QueryAsync(db => db.Set<Organisation>().CountAsync()));
    }

    [Theory]
    [InlineData(Role.OperationsEngineer)]
    [InlineData(Role.SocAnalyst)]
    [InlineData(Role.Auditor)]
    public async Task Others_at_the_provider_add_nobody(Role role)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, Engine.Sqlite);
        using var person = await ground.Access.VisitAsync(await ground.Access.AtProviderAsync("pat", role));
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync("/organisations/new")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync($"/organisations/{ground.Customer}/state")).StatusCode);
    }

    private static (string, string)[] Form(string domain, string address) =>
        [("name", "Adatum"), ("domain", domain), ("person", "Adele"), ("address", address), ("zone", "Asia/Shanghai"), ("day", "1"), ("day", "2")];
}
