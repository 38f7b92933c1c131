using System.Net;
using System.Text.RegularExpressions;
using Deskward.Audit;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Notices;
using Deskward.Platform.Duties;
using Deskward.Platform.Guessing;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Identity.Factors;

public sealed partial class EmergencySignInTests(Services services)
{
    private const string Page = "/sign-in/emergency";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_code_signs_an_owner_in_once_and_every_owner_hears_of_it(Engine engine)
    {
        var (service, organisation, owner, codes) = await GroundAsync(engine);
        var other = await service.AddPersonAsync(organisation, "otto", Role.CustomerOwner);
        var reader = await service.AddPersonAsync(organisation, "rita", Role.ServiceReader);
        using PortalVisitor visitor = new(service), again = new(service);
        Assert.Equal(HttpStatusCode.Redirect, (await AttemptAsync(visitor, owner, codes[0])).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/people")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AttemptAsync(again, owner, codes[0])).StatusCode);
        var told = await service.QueryAsync(db => db.Set<SentNotice>().Where(row => row.Kind == EmergencyAlarm.Kind.Key && row.TenantId == organisation.Id).ToListAsync());
        Assert.Equal(new[] { owner.Id, other.Id }.Order(), told.Select(row => row.PersonId!.Value).Order());
        Assert.DoesNotContain(told, row => row.PersonId == reader.Id);
        Assert.All(told, row => Assert.Equal(NoticeImportance.High, row.Importance));
        Assert.Equal(1, await service.QueryAsync(db => db.Set<AuditEntry>().CountAsync(row => row.ObjectId == owner.Id && row.Action == "person.emergency-sign-in")));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_code_is_worth_nothing_once_its_owner_is_no_owner_any_more(Engine engine)
    {
        var (service, _, owner, codes) = await GroundAsync(engine);
        await service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == owner.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Roles, RoleSet.Of(Role.ServiceReader))));
        using var visitor = new PortalVisitor(service);
        Assert.Equal(HttpStatusCode.OK, (await AttemptAsync(visitor, owner, codes[0])).StatusCode);
        Assert.Equal(0, await service.QueryAsync(db => db.Set<OneTimeCode>().CountAsync(row => row.PersonId == owner.Id && row.UsedAt != null)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task New_codes_end_the_earlier_ones_and_lie_here_as_hashes(Engine engine)
    {
        var (service, _, owner, codes) = await GroundAsync(engine);
        using var visitor = new PortalVisitor(service);
        await visitor.SignInAsync(owner.UserName!);
        var later = await MakeAsync(visitor);
        Assert.DoesNotContain(later[0], await visitor.MarkupAsync("/account/emergency-codes"), StringComparison.Ordinal);
        using var stranger = new PortalVisitor(service);
        Assert.Equal(HttpStatusCode.OK, (await AttemptAsync(stranger, owner, codes[1])).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await AttemptAsync(stranger, owner, later[1])).StatusCode);
        Assert.All(await service.QueryAsync(db => db.Set<OneTimeCode>().Where(row => row.PersonId == owner.Id).ToListAsync()), row => Assert.Equal(32, row.Hash.Length));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Who_guesses_is_slowed_and_hears_the_same_of_every_address(Engine engine)
    {
        var (service, _, owner, _) = await GroundAsync(engine);
        using var visitor = new PortalVisitor(service);
        foreach (var address in new[] { owner.UserName!, "nobody@" + owner.UserName!.Split('@')[1] })
        {
            for (var guess = 1; guess < GuessLimiter.FreeGuesses; guess++)
            {
                Assert.Contains("The address or the code is wrong", await TextAsync(visitor, address), StringComparison.Ordinal);
            }

            Assert.Contains("Too many attempts", await TextAsync(visitor, address), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Only_owners_have_codes(Engine engine)
    {
        var (service, organisation, _, _) = await GroundAsync(engine);
        var reader = await service.AddPersonAsync(organisation, "rita", Role.ServiceReader, Role.ItAdministrator);
        using var visitor = new PortalVisitor(service);
        await visitor.SignInAsync(reader.UserName!);
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.GetAsync("/account/emergency-codes")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.PostAsync("/account/emergency-codes", "emergency-codes", false)).StatusCode);
    }

    private async Task<(TestService Service, Organisation Organisation, Person Owner, IReadOnlyList<string> Codes)> GroundAsync(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var organisation = await service.AddCustomerAsync();
        var owner = await service.AddPersonAsync(organisation, "olga", Role.CustomerOwner);
        using var visitor = new PortalVisitor(service);
        await visitor.SignInAsync(owner.UserName!);
        return (service, organisation, owner, await MakeAsync(visitor));
    }

    private static async Task<IReadOnlyList<string>> MakeAsync(PortalVisitor visitor)
    {
        using var answer = await visitor.PostAsync("/account/emergency-codes", "emergency-codes", false);
        var codes = Code().Matches(await answer.Content.ReadAsStringAsync()).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(2, codes.Count);
        return codes;
    }

    private static Task<HttpResponseMessage> AttemptAsync(PortalVisitor visitor, Person person, string code) => visitor.PostAsync(Page, "emergency", false, ("address", person.UserName!), ("code", code));

    private static async Task<string> TextAsync(PortalVisitor visitor, string address) =>
        await (await visitor.PostAsync(Page, "emergency", false, ("address", address), ("code", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA"))).Content.ReadAsStringAsync();

    [GeneratedRegex("data-code>([A-Z2-9]{5}(?:-[A-Z2-9]{5}){4})<")]
    private static partial Regex Code();
}
