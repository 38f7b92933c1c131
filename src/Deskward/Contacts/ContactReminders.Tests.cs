using Deskward.Fixture;
using Deskward.Notices;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Contacts;

public sealed class ContactRemindersTests(MailGrounds grounds) : IClassFixture<MailGrounds>
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Each_is_reminded_of_what_is_theirs_once_and_again_after_a_week(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var customer = await ground.Service.AddCustomerAsync();
        var administrator = await ground.Service.AddPersonAsync(customer, "adam", Role.ItAdministrator);
        var security = await ground.Service.AddPersonAsync(customer, "sue", Role.SecurityManager);
        ToMorning(ground.Service);
        Assert.Equal(2, await RemindAsync(ground.Service, customer));
        Assert.Equal(0, await RemindAsync(ground.Service, customer));
        ground.Service.Time.Advance(TimeSpan.FromDays(7));
        Assert.Equal(2, await RemindAsync(ground.Service, customer));
        Assert.Equal([("contacts.confirm", administrator.Id), ("contacts.confirm", administrator.Id), ("contacts.confirm-security", security.Id), ("contacts.confirm-security", security.Id)], await SentAsync(ground.Service, customer));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_reminder_reaches_the_mail_server_and_a_confirmation_ends_it(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var customer = await ground.Service.AddCustomerAsync();
        var person = await ground.Service.AddPersonAsync(customer, "adam", Role.ItAdministrator);
        ToMorning(ground.Service);
        await RemindAsync(ground.Service, customer);
        var id = await ground.Service.QueryAsync(db => db.Set<SentNotice>().Select(row => row.Id).SingleAsync(), customer.Id);
        await ground.UntilAsync(id, MailState.Sent);
        Assert.Contains("contact areas", Assert.Single(ground.Host.For(person.Email!)).Subject, StringComparison.Ordinal);
        await ground.Service.InScopeAsync(provider => NameAllAsync(provider.GetRequiredService<ContactBook>(), customer), customer.Id);
        ground.Service.Time.Advance(TimeSpan.FromDays(8));
        Assert.Equal(0, await RemindAsync(ground.Service, customer));
    }

    private static async Task<int> NameAllAsync(ContactBook book, Organisation customer)
    {
        foreach (var area in ContactAreas.All.Where(area => area != ContactArea.Other))
        {
            await book.AddAsync(customer.Id, area, new ContactDraft("Anna", "anna@contoso.example", "", "en", new HoursDraft(1, "08:00", "17:00")), CancellationToken.None);
            await book.ConfirmAsync(customer.Id, area, CancellationToken.None);
        }

        return 0;
    }

    private static Task<int> RemindAsync(TestService service, Organisation customer) =>
        service.InScopeAsync(provider => provider.GetRequiredService<ContactReminders>().SendAsync(customer.Id, CancellationToken.None), customer.Id);

    private static Task<List<(string, Guid)>> SentAsync(TestService service, Organisation customer) => service.QueryAsync(
        async db => (await db.Set<SentNotice>().OrderBy(row => row.Kind).ThenBy(row => row.Id).Select(row => new { row.Kind, row.PersonId }).ToListAsync()).Select(row => (row.Kind, row.PersonId!.Value)).ToList(), customer.Id);

    /// <summary>Reminders go out from nine in the morning of the customer's day on; here that is UTC.</summary>
    private static void ToMorning(TestService service)
    {
        var now = service.Time.GetUtcNow();
        if (now.Hour is < 9 or 23)
        {
            service.Time.Advance(now.Date.AddHours(now.Hour == 23 ? 34 : 10) - now.UtcDateTime);
        }
    }
}
