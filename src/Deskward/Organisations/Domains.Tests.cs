using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Deskward.Enrollment;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Simulator;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Organisations;

public sealed partial class DomainsTests(Services services)
{
    private static readonly KeyStore s_keys = new(make: RunKeys.Pcs.Next);

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_domain_counts_once_its_record_stands_in_the_DNS(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var claim = await ClaimAsync(ground, "Contoso-Labs.example");
        Assert.True((await AddAsync(ground, "dora@contoso-labs.example")).IsRefused);
        Assert.Equal(RefusalReason.Conflict, (await ProveAsync(ground, claim))?.Reason);
        ground.Dns.Set(claim.Record, "deskward-verification=another");
        Assert.Equal(RefusalReason.Conflict, (await ProveAsync(ground, claim))?.Reason);
        ground.Dns.Fails = true;
        Assert.Equal(RefusalReason.Unavailable, (await ProveAsync(ground, claim))?.Reason);
        (ground.Dns.Fails, _) = (false, 0);
        ground.Dns.Set(claim.Record, claim.Value);
        Assert.Null(await ProveAsync(ground, claim));
        Assert.False((await AddAsync(ground, "dora@contoso-labs.example")).IsRefused);
        Assert.True((await AddAsync(ground, "dora@sub.contoso-labs.example")).IsRefused);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Somebody_elses_domain_and_one_that_nobody_can_have_are_refused_alike_and_only_the_provider_sees_which(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var fabrikam = await ground.Service.AddCustomerAsync("Fabrikam");
        var refusals = new[] { fabrikam.Domain, "gmail.com" }.Select(async domain => (await ground.WithAsync<OrganisationDomains, Outcome<OrganisationDomain>>(domains => domains.ClaimAsync(ground.Customer, domain, CancellationToken.None))).Refusal!);
        var told = await Task.WhenAll(refusals);
        await ground.Service.Provider.GetRequiredService<Clashes>().WriteAsync(CancellationToken.None);
        var rows = await ground.Service.QueryAsync(db => db.Set<Clash>().ToListAsync(), ground.Access.Provider.Id);
        Assert.Equal(2, rows.Count);
        Assert.All(told, refusal => Assert.Equal(told[0].Message[..^11], refusal.Message[..^11]));
        Assert.All(told, refusal => Assert.DoesNotContain("Fabrikam", refusal.Message, StringComparison.Ordinal));
        Assert.All(told, refusal => Assert.Contains(rows, row => refusal.Message.EndsWith(row.RequestId + ".", StringComparison.Ordinal)));
        using var eva = await ground.Access.VisitAsync(ground.Access.Eva);
        var page = await eva.TextAsync("/organisations/refused");
        Assert.Contains(fabrikam.Name, page, StringComparison.Ordinal);
        using var alice = await ground.Access.VisitAsync(ground.Access.Alice);
        Assert.DoesNotContain(fabrikam.Domain, await alice.TextAsync("/organisations/refused"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_pages_that_refuse_differ_in_the_request_number_alone_whatever_the_cause(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var fabrikam = await ground.Service.AddCustomerAsync("Fabrikam");
        using var alice = await ground.Access.VisitAsync(ground.Access.Alice);
        var pages = new List<string>();
        foreach (var domain in new[] { fabrikam.Domain, ground.Access.Provider.Domain, "gmail.com" })
        {
            using var answer = await alice.PostAsync($"/organisations/{ground.Customer}/domains", "claim", false, ("domain", domain));
            pages.Add(Neutral().Replace((await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Replace(domain, "DOMAIN", StringComparison.Ordinal), "-"));
        }

        Assert.Contains("This cannot be used here", pages[0], StringComparison.Ordinal);
        Assert.Single(pages.Distinct());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_provider_can_look_a_request_up_as_soon_as_its_number_was_told(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var fabrikam = await ground.Service.AddCustomerAsync("Fabrikam");
        var carl = await ground.Service.AddPersonAsync(fabrikam, "carl");
        await ground.Service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == carl.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.NormalizedUserName, ("carl@" + ground.Access.Customer.Domain).ToUpperInvariant())), fabrikam.Id);
        await ground.Service.Provider.GetRequiredService<Clashes>().StopAsync(CancellationToken.None); // What is left is what happens with the answer.
        using var alice = await ground.Access.VisitAsync(ground.Access.Alice);
        using var claimed = await alice.PostAsync($"/organisations/{ground.Customer}/domains", "claim", false, ("domain", fabrikam.Domain));
        using var added = await alice.PostAsync("/people/new", "new", false, ("address", "carl@" + ground.Access.Customer.Domain), ("name", "Carl"));
        foreach (var answer in new[] { claimed, added })
        {
            var request = Regex.Match(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), "request ([A-Z0-9]{10})").Groups[1].Value;
            Assert.Equal(fabrikam.Id, await ground.Service.QueryAsync(db => db.Set<Clash>().Where(row => row.RequestId == request).Select(row => row.HeldBy).SingleAsync(), ground.Access.Provider.Id));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_enrols_with_an_address_of_any_proven_domain_and_of_no_other(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var claim = await ClaimAsync(ground, "contoso-labs.example");
        ground.Dns.Set(claim.Record, claim.Value);
        Assert.Null(await ProveAsync(ground, claim));
        var dora = (await AddAsync(ground, "dora@contoso-labs.example")).Value!;
        Assert.Null(await EnrolAsync(ground, dora));
        await ground.Service.QueryAsync(db => db.Set<OrganisationDomain>().Where(row => row.Id == claim.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.ProvenAt, (DateTimeOffset?)null)), ground.Customer);
        Assert.NotNull(await EnrolAsync(ground, dora));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_was_refused_is_kept_for_ninety_days(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        Assert.True((await ground.WithAsync<OrganisationDomains, Outcome<OrganisationDomain>>(domains => domains.ClaimAsync(ground.Customer, "gmail.com", CancellationToken.None))).IsRefused);
        await ground.Service.Provider.GetRequiredService<Clashes>().WriteAsync(CancellationToken.None);
        foreach (var (days, left) in new[] { (89, 1), (2, 0) })
        {
            ground.Service.Time.Advance(TimeSpan.FromDays(days));
            await ground.Service.Provider.GetRequiredService<OrganisationsUpkeep>().DeleteOldAsync(CancellationToken.None);
            Assert.Equal(left, await ground.Service.QueryAsync(db => db.Set<Clash>().CountAsync(), ground.Access.Provider.Id));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Who_proves_a_claimed_domain_second_is_refused_neutrally(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var fabrikam = await ground.Service.AddCustomerAsync("Fabrikam");
        var (ours, theirs) = (await ClaimAsync(ground, "shared.example"), await ClaimAsync(ground, "shared.example", fabrikam.Id));
        ground.Dns.Set(ours.Record, ours.Value);
        Assert.Null(await ProveAsync(ground, ours));
        ground.Dns.Set(theirs.Record, theirs.Value);
        var refusal = await ProveAsync(ground, theirs, fabrikam.Id);
        Assert.StartsWith("This cannot be used here.", refusal?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_address_that_is_somebody_elses_is_refused_neutrally(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var fabrikam = await ground.Service.AddCustomerAsync("Fabrikam");
        var claim = await ClaimAsync(ground, "moved.example", fabrikam.Id);
        ground.Dns.Set(claim.Record, claim.Value);
        Assert.Null(await ProveAsync(ground, claim, fabrikam.Id));
        Assert.False((await AddAsync(ground, "carl@moved.example", fabrikam.Id)).IsRefused);
        Assert.Null(await ground.WithAsync<OrganisationDomains, Refusal?>(domains => domains.RemoveAsync(fabrikam.Id, claim.Id, CancellationToken.None), fabrikam.Id));
        var ours = await ClaimAsync(ground, "moved.example");
        ground.Dns.Set(ours.Record, ours.Value);
        Assert.Null(await ProveAsync(ground, ours));
        Assert.StartsWith("This cannot be used here.", (await AddAsync(ground, "carl@moved.example")).Refusal?.Message, StringComparison.Ordinal);
    }

    /// <summary>Null; or why the PC did not enrol.</summary>
    private static async Task<string?> EnrolAsync(OrganisationsGround ground, Person person)
    {
        var code = await ground.WithAsync<EnrolmentCodes, Outcome<NewEnrolmentCode>>(codes => codes.CreateAsync(person, 1, TimeSpan.FromHours(1), CancellationToken.None), person.TenantId);
        var pc = VirtualPc.Create(Random.Shared.Next(), null, new PcNetwork(new X509Certificate2Collection(ground.Service.TlsRoot)) { LongestWait = TimeSpan.FromMilliseconds(50) }, s_keys, time: ground.Service.Time);
        var report = await pc.EnrolAsync(ground.Service.DiscoveryUrl, person.UserName!, code.Value!.Code);
        return report.Succeeded ? null : report.Reason;
    }

    [GeneratedRegex("value=\"CfDJ8[^\"]+\"|request [A-Z0-9]{10}")]
    private static partial Regex Neutral();

    private static async Task<OrganisationDomain> ClaimAsync(OrganisationsGround ground, string domain, Guid? customer = null)
    {
        var claim = await ground.WithAsync<OrganisationDomains, Outcome<OrganisationDomain>>(domains => domains.ClaimAsync(customer ?? ground.Customer, domain, CancellationToken.None), customer);
        return claim.IsRefused ? throw new InvalidOperationException(claim.Refusal.Message) : claim.Value;
    }

    private static Task<Refusal?> ProveAsync(OrganisationsGround ground, OrganisationDomain claim, Guid? customer = null) =>
        ground.WithAsync<OrganisationDomains, Refusal?>(domains => domains.ProveAsync(customer ?? ground.Customer, claim.Id, CancellationToken.None), customer);

    private static Task<Outcome<Person>> AddAsync(OrganisationsGround ground, string address, Guid? customer = null) =>
        ground.WithAsync<PeopleDirectory, Outcome<Person>>(people => people.AddAsync(new NewPerson(customer ?? ground.Customer, address, "Dora", RoleSet.None), CancellationToken.None), customer);
}
