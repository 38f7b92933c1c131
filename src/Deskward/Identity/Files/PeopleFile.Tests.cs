using System.Net;
using System.Text;
using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Identity.Membership;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Identity.Files;

/// <summary>People from a file: what is shown, what is done, and that it is all or nothing.</summary>
public sealed class PeopleFileTests(Services services)
{
    private const string Mixed = """
        address,name,enabled,groups
        ann@DOMAIN,ann,yes,
        ANN@DOMAIN,Ann,,
        bea@DOMAIN,Bea,maybe,
        cem@DOMAIN,,,
        dia@elsewhere.example,Dia,,
        emil@DOMAIN,Emil,,Nowhere
        nonsense,Finn,,
        gus@DOMAIN,Gus,no,,extra
        hana@DOMAIN,Hana,no,
        """;

    [Theory]
    [InlineData("utf-8", "")]
    [InlineData("utf-8", "\uFEFF")]
    [InlineData("utf-16", "\uFEFF")]
    [InlineData("utf-16BE", "\uFEFF")]
    public void A_file_is_read_in_the_encodings_of_spreadsheets(string encoding, string mark)
    {
        var bytes = Encoding.GetEncoding(encoding).GetBytes(mark + "address;name\r\nzoe@contoso.example;\"Zoë \"\"Z\"\"\r\nO\"\r\n\r\nli@contoso.example;李;\n");
        var rows = CsvTable.Read(bytes).Value!;
        Assert.Equal([(1, "address|name"), (2, "zoe@contoso.example|Zoë \"Z\"\r\nO"), (5, "li@contoso.example|李|")], rows.Select(row => (row.Line, string.Join('|', row.Cells))));
    }

    [Fact]
    public void What_is_no_text_and_what_does_not_end_is_refused()
    {
        Assert.Contains("UTF-8", CsvTable.Read(new byte[] { 0x61, 0xFF, 0xFE }).Refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("Line 2", CsvTable.Read("a,b\n\"c,d"u8.ToArray()).Refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'=cmd()", "=cmd()")]
    [InlineData("=cmd()", "=cmd()")]
    [InlineData("'t Hooft", "'t Hooft")]
    [InlineData("'@SUM(1)", "@SUM(1)")]
    public void A_formula_is_text(string cell, string text) => Assert.Equal(text, CsvTable.Read(Encoding.UTF8.GetBytes("a\n" + cell)).Value![1].Cells[0]);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_plan_tells_what_each_line_would_do_and_why_not(Engine engine)
    {
        var (service, customer) = await CustomerAsync(engine);
        await service.AddPersonAsync(customer, "ann");
        var plan = await PlanAsync(service, customer, Mixed.Replace("DOMAIN", customer.Domain, StringComparison.Ordinal));
        Assert.Equal(
            [(2, PlannedKind.Nothing, null), (3, PlannedKind.Refuse, "address"), (4, PlannedKind.Refuse, "enabled"), (5, PlannedKind.Refuse, "name"), (6, PlannedKind.Refuse, "address"), (7, PlannedKind.Refuse, "groups"), (8, PlannedKind.Refuse, "address"), (9, PlannedKind.Refuse, null), (10, PlannedKind.Add, (string?)null)],
            plan.Lines.Select(line => (line.Line, line.Kind, line.Column)));
    }

    [Fact]
    public async Task A_file_with_a_refused_line_does_nothing()
    {
        var (service, customer) = await CustomerAsync(Engine.Sqlite);
        var file = $"address,name\nbea@{customer.Domain},Bea\nnonsense,X";
        Assert.NotNull(await ApplyAsync(service, customer, file, (await PlanAsync(service, customer, file)).Digest));
        Assert.Equal(0, await service.QueryAsync(db => db.Set<Person>().CountAsync(), customer.Id));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_file_is_done_as_it_was_shown_and_a_second_time_it_does_nothing(Engine engine)
    {
        var (service, customer) = await CustomerAsync(engine);
        var ann = await service.AddPersonAsync(customer, "ann");
        var group = await service.InScopeAsync(async provider => (await provider.GetRequiredService<PersonGroups>().CreateAsync(customer.Id, "Crew", CancellationToken.None)).Value!.Id, customer.Id);
        var file = $"address,name,enabled,groups\nann@{customer.Domain},Ann Lee,no,crew\nbea@{customer.Domain},Bea,,Crew\n";
        Assert.Null(await ApplyAsync(service, customer, file, (await PlanAsync(service, customer, file)).Digest));
        var people = await service.QueryAsync(db => db.Set<Person>().OrderBy(row => row.UserName).ToListAsync(), customer.Id);
        Assert.Equal([("Ann Lee", false), ("Bea", true)], people.Select(person => (person.DisplayName, person.IsEnabled)));
        Assert.Equal(2, await service.QueryAsync(db => db.Set<PersonGroupMember>().CountAsync(row => row.GroupId == group), customer.Id));
        Assert.Equal(2, (await PlanAsync(service, customer, file)).Count(PlannedKind.Nothing));
        Assert.True(await service.QueryAsync(db => db.Set<AuditEntry>().AnyAsync(row => row.Action == "person.change" && row.ObjectId == ann.Id), customer.Id));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_file_that_would_disable_the_last_owner_changes_nothing(Engine engine)
    {
        var (service, customer) = await CustomerAsync(engine);
        await service.AddPersonAsync(customer, "alice", Role.CustomerOwner);
        var file = $"address,name,enabled\nbea@{customer.Domain},Bea,\nalice@{customer.Domain},,no\n";
        Assert.Contains("Line 3", (await ApplyAsync(service, customer, file, (await PlanAsync(service, customer, file)).Digest))!.Message, StringComparison.Ordinal);
        Assert.Equal([("alice", true)], (await service.QueryAsync(db => db.Set<Person>().ToListAsync(), customer.Id)).Select(person => (person.DisplayName, person.IsEnabled)));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_address_that_somebody_elsewhere_has_is_refused_neutrally_and_only_the_provider_sees_whose_it_is(Engine engine)
    {
        var (service, customer) = await CustomerAsync(engine);
        var (other, address) = (await service.AddCustomerAsync("Fabrikam"), $"carl@{customer.Domain}");
        var carl = await service.AddPersonAsync(other, "carl");
        await service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == carl.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.NormalizedUserName, address.ToUpperInvariant())), other.Id);
        using var owner = await Browser.PortalVisitor.NewAsync(service, customer, "alice", Role.CustomerOwner, Role.ItAdministrator);
        var page = await PostAsync(service, customer, owner, $"address,name\nann@{customer.Domain},Ann\n{address},Carl\n");
        var request = System.Text.RegularExpressions.Regex.Match(page, "Line 3: This cannot be used here. Ask your provider, and name the request ([A-Z0-9]{10}).").Groups[1].Value;
        Assert.DoesNotContain("Fabrikam", page, StringComparison.Ordinal);
        Assert.Equal(1, await service.QueryAsync(db => db.Set<Person>().CountAsync(), customer.Id)); // Alice.
        using var engineer = await Browser.PortalVisitor.NewAsync(service, await service.ProviderAsync(), $"e{customer.Domain[..8]}", Role.ProviderOwner);
        Assert.Matches($"(?s){address}.*{other.Name}", await engineer.TextAsync($"/organisations/refused?q={request}"));
        Assert.DoesNotContain(other.Name, await owner.TextAsync($"/organisations/refused?q={request}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_address_in_another_customers_domain_is_refused_as_one_in_a_domain_that_nobody_has(Engine engine)
    {
        var (service, customer) = await CustomerAsync(engine);
        var other = await service.AddCustomerAsync("Fabrikam");
        await service.AddPersonAsync(other, "carl");
        var plan = await PlanAsync(service, customer, $"address,name\ncarl@{other.Domain},Carl\nnew@{other.Domain},New\ncarl@nobody.example,Carl\n");
        Assert.All(plan.Lines, line => Assert.Equal((PlannedKind.Refuse, "address", $"The address must end in @{customer.Domain}."), (line.Kind, line.Column, line.Why)));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Ten_thousand_lines_take_seconds_and_what_is_exported_imports_again(Engine engine)
    {
        var (service, customer) = await CustomerAsync(engine);
        await service.AddPersonAsync(customer, "alice", Role.CustomerOwner);
        var file = "address,name\n" + string.Concat(Enumerable.Range(0, PeopleImport.MostLines - 1).Select(number => $"p{number}@{customer.Domain},=Person {number}\n"));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Null(await ApplyAsync(service, customer, file, (await PlanAsync(service, customer, file)).Digest));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"{clock.Elapsed}");
        using var alice = new Browser.PortalVisitor(service);
        Assert.Equal(HttpStatusCode.Redirect, await alice.SignInAsync($"alice@{customer.Domain}"));
        var export = await (await alice.GetAsync(PeopleExport.Path)).Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"'=Person 7\"", Encoding.UTF8.GetString(export), StringComparison.Ordinal);
        var again = await service.InScopeAsync(provider => provider.GetRequiredService<PeopleImport>().PlanAsync(customer.Id, export, CancellationToken.None), customer.Id);
        Assert.Equal(PeopleImport.MostLines, again.Value!.Count(PlannedKind.Nothing));
    }

    /// <summary>The page after the file was said yes to, each line of which adds somebody as far as the customer can see.</summary>
    private static async Task<string> PostAsync(TestService service, Organisation customer, Browser.PortalVisitor owner, string file)
    {
        var plan = await PlanAsync(service, customer, file);
        Assert.All(plan.Lines, line => Assert.Equal(PlannedKind.Add, line.Kind));
        using var answer = await owner.PostAsync("/people/import", "apply", false, ("content", Convert.ToBase64String(Encoding.UTF8.GetBytes(file))), ("digest", plan.Digest));
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<(TestService Service, Organisation Customer)> CustomerAsync(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        return (service, await service.AddCustomerAsync());
    }

    private static async Task<ImportPlan> PlanAsync(TestService service, Organisation customer, string file) => (await service.InScopeAsync(
        provider => provider.GetRequiredService<PeopleImport>().PlanAsync(customer.Id, Encoding.UTF8.GetBytes(file), CancellationToken.None), customer.Id)).Value!;

    private static Task<Refusal?> ApplyAsync(TestService service, Organisation customer, string file, string digest) => service.InScopeAsync(
        provider => provider.GetRequiredService<PeopleImport>().ApplyAsync(customer.Id, Encoding.UTF8.GetBytes(file), digest, CancellationToken.None), customer.Id);
}
