using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Contacts;

public sealed class ContactBookTests(Services services)
{
    private static readonly ContactDraft Anna = new("Anna Muster", "anna@contoso.example", "+41 44 123 45 67", "en", new HoursDraft(0b0111110, "08:00", "17:00")) { NoMessageMail = true };

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_contact_is_named_changed_removed_and_put_back_and_all_of_it_is_audited(Engine engine)
    {
        var (service, customer) = await OnAsync(engine);
        var id = (await AddAsync(service, customer, ContactArea.Devices, Anna)).Value!.Id;
        await InBookAsync(service, customer, async book => await book.ChangeAsync((await book.FindAsync(id, false, CancellationToken.None))!, Anna with { Hours = new HoursDraft(1, "22:00", "06:00") }, 0, CancellationToken.None));
        await InBookAsync(service, customer, async book => await book.RemoveAsync((await book.FindAsync(id, false, CancellationToken.None))!, CancellationToken.None));
        Assert.Empty(await InBookAsync(service, customer, book => book.ListAsync(customer.Id, false, CancellationToken.None)));
        await InBookAsync(service, customer, book => book.RestoreAsync(customer.Id, id, false, CancellationToken.None));
        var contact = Assert.Single(await InBookAsync(service, customer, book => book.ListAsync(customer.Id, false, CancellationToken.None)));
        Assert.Equal((new TimeOnly(22, 0), "+41 44 123 45 67", true), (contact.WorksFrom, contact.Telephone, contact.NoMessageMail));
        Assert.Equal(["contact.add", "contact.change", "contact.remove", "contact.restore"], await ActionsAsync(service, customer));
    }

    [Theory]
    [InlineData("name", "", "name must have")]
    [InlineData("name", "a\u0007b", "control character")]
    [InlineData("mail", "anna", "mail address")]
    [InlineData("mail", "Anna <anna@contoso.example>", "mail address")]
    [InlineData("telephone", "call me", "telephone number")]
    [InlineData("language", "fr", "language")]
    [InlineData("until", "25:00", "working hours")]
    [InlineData("until", "08:00", "working hours")]
    [InlineData("days", "", "working day")]
    public void What_is_wrong_is_said(string what, string value, string said)
    {
        var draft = what switch
        {
            "name" => Anna with { Name = value },
            "mail" => Anna with { Mail = value },
            "telephone" => Anna with { Telephone = value },
            "language" => Anna with { Language = value },
            "days" => Anna with { Hours = new HoursDraft(0, "08:00", "17:00") },
            _ => Anna with { Hours = new HoursDraft(1, "08:00", value) },
        };
        Assert.Contains(said, draft.Refuse()!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nobody_is_named_twice_for_an_area_and_a_change_of_what_was_changed_is_refused(Engine engine)
    {
        var (service, customer) = await OnAsync(engine);
        var id = (await AddAsync(service, customer, ContactArea.Devices, Anna)).Value!.Id;
        Assert.Equal(RefusalReason.Conflict, (await AddAsync(service, customer, ContactArea.Devices, Anna with { Mail = "ANNA@contoso.example" })).Refusal!.Reason);
        Assert.False((await AddAsync(service, customer, ContactArea.Updates, Anna)).IsRefused);
        var late = await InBookAsync(service, customer, async book => await book.ChangeAsync((await book.FindAsync(id, false, CancellationToken.None))!, Anna, 7, CancellationToken.None));
        Assert.Equal(RefusalReason.Conflict, late.Refusal!.Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Security_is_never_found_among_the_others(Engine engine)
    {
        var (service, customer) = await OnAsync(engine);
        var id = (await AddAsync(service, customer, ContactArea.Security, Anna)).Value!.Id;
        Assert.Empty(await InBookAsync(service, customer, book => book.ListAsync(customer.Id, false, CancellationToken.None)));
        Assert.Null(await InBookAsync(service, customer, book => book.FindAsync(id, false, CancellationToken.None)));
        Assert.NotNull(await InBookAsync(service, customer, book => book.FindAsync(id, true, CancellationToken.None)));
        Assert.Equal(["securityContact.add"], await ActionsAsync(service, customer));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_area_is_confirmed_when_somebody_is_named_and_the_board_tells_at_once(Engine engine)
    {
        var (service, customer) = await OnAsync(engine);
        Assert.Equal(RefusalReason.Conflict, (await InBookAsync(service, customer, book => book.ConfirmAsync(customer.Id, ContactArea.Devices, CancellationToken.None))).Refusal!.Reason);
        Assert.Contains(await FactsAsync(service, customer), fact => fact is { Key: "C7.missing", Numbers: [4] });
        await AddAsync(service, customer, ContactArea.Devices, Anna);
        await InBookAsync(service, customer, book => book.ConfirmAsync(customer.Id, ContactArea.Devices, CancellationToken.None));
        var facts = await FactsAsync(service, customer);
        Assert.Contains(facts, fact => fact is { Key: "C7.missing", Numbers: [3] });
        Assert.Contains(facts, fact => fact is { Key: "C7.confirmed", Numbers: [1, 4] });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_missing_contact_stops_requests_and_changes_and_never_protective_action(Engine engine)
    {
        var (service, customer) = await OnAsync(engine);
        Task<Refusal?> Ask(ContactArea area, ContactNeed need) => service.InScopeAsync(provider => provider.GetRequiredService<ContactsNeeded>().RefuseAsync(customer.Id, area, need, CancellationToken.None), customer.Id);
        Assert.Equal(RefusalReason.Conflict, (await Ask(ContactArea.Updates, ContactNeed.ScheduleChange))!.Reason);
        Assert.Equal(RefusalReason.Conflict, (await Ask(ContactArea.Updates, ContactNeed.FileRequest))!.Reason);
        Assert.Null(await Ask(ContactArea.Security, ContactNeed.ProtectiveAction));
        await AddAsync(service, customer, ContactArea.Updates, Anna);
        Assert.Null(await Ask(ContactArea.Updates, ContactNeed.ScheduleChange));
        Assert.NotNull(await Ask(ContactArea.Devices, ContactNeed.FileRequest));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_was_removed_is_deleted_after_its_time_and_cannot_be_put_back(Engine engine)
    {
        var (service, customer) = await OnAsync(engine);
        var id = (await AddAsync(service, customer, ContactArea.Devices, Anna)).Value!.Id;
        await InBookAsync(service, customer, async book => await book.RemoveAsync((await book.FindAsync(id, false, CancellationToken.None))!, CancellationToken.None));
        Assert.Equal(0, await service.QueryAsync(db => ContactUpkeep.DeleteAsync(db, service.Time.GetUtcNow() + TimeSpan.FromDays(29), CancellationToken.None), customer.Id));
        Assert.Equal(1, await service.QueryAsync(db => ContactUpkeep.DeleteAsync(db, service.Time.GetUtcNow() + TimeSpan.FromDays(31), CancellationToken.None), customer.Id));
        Assert.Equal(RefusalReason.NotFound, (await InBookAsync(service, customer, book => book.RestoreAsync(customer.Id, id, false, CancellationToken.None))).Refusal!.Reason);
    }

    private async Task<(TestService Service, Organisation Customer)> OnAsync(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        return (service, await service.AddCustomerAsync());
    }

    private static Task<Outcome<Contact>> AddAsync(TestService service, Organisation customer, ContactArea area, ContactDraft draft) => InBookAsync(service, customer, book => book.AddAsync(customer.Id, area, draft, CancellationToken.None));

    private static Task<T> InBookAsync<T>(TestService service, Organisation customer, Func<ContactBook, Task<T>> work) => service.InScopeAsync(provider => work(provider.GetRequiredService<ContactBook>()), customer.Id);

    private static Task<string[]> ActionsAsync(TestService service, Organisation customer) =>
        service.QueryAsync(db => db.Set<AuditEntry>().Where(row => row.ObjectKind == "contact" || row.ObjectKind == "securityContact").OrderBy(row => row.Id).Select(row => row.Action).ToArrayAsync(), customer.Id);

    private static async Task<IReadOnlyList<EvidenceFact>> FactsAsync(TestService service, Organisation customer) =>
        (await service.Provider.GetRequiredService<BoardEvidence>().OfAsync([customer.Id], TestContext.Current.CancellationToken))[0].Facts("C7");
}
