using System.Globalization;
using System.Text;
using Deskward.Platform.Portal;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Deskward.Contacts;

/// <summary>The contacts of one customer as a file for spreadsheets.</summary>
internal static class ContactCsv
{
    internal static Task<Results<FileContentHttpResult, NotFound>> OthersAsync(HttpContext context, ContactBook book, CurrentPerson me, Texts texts) => WriteAsync(context, book, me, texts, security: false);

    internal static Task<Results<FileContentHttpResult, NotFound>> SecurityAsync(HttpContext context, ContactBook book, CurrentPerson me, Texts texts) => WriteAsync(context, book, me, texts, security: true);

    private static async Task<Results<FileContentHttpResult, NotFound>> WriteAsync(HttpContext context, ContactBook book, CurrentPerson me, Texts texts, bool security)
    {
        if (me.Choose(context.Request.Query["customer"].ToString()) is not { } customer)
        {
            return TypedResults.NotFound();
        }

        var csv = new StringBuilder("\uFEFF");
        Csv.Line(csv, texts["contacts.area"], texts["contacts.name"], texts["contacts.mail"], texts["contacts.telephone"], texts["contacts.language"], texts["contacts.hours"], texts["contacts.no-requests"], texts["contacts.no-messages"]);
        foreach (var contact in await book.ListAsync(customer, security, context.RequestAborted))
        {
            Csv.Line(
                csv, texts["contacts.area." + contact.Area], contact.Name, contact.Mail, contact.Telephone, Language.Find(contact.Language)?.Name, WorkingHours.Say(contact, texts),
                texts[contact.NoRequestMail ? "contacts.yes" : "contacts.no"], texts[contact.NoMessageMail ? "contacts.yes" : "contacts.no"]);
        }

        return TypedResults.File(Encoding.UTF8.GetBytes(csv.ToString()), "text/csv; charset=utf-8", security ? "security-contacts.csv" : "contacts.csv");
    }
}

/// <summary>Working hours as people read them.</summary>
internal static class WorkingHours
{
    /// <summary>Monday first.</summary>
    internal static IReadOnlyList<DayOfWeek> Week { get; } = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    internal static bool Has(int days, DayOfWeek day) => (days >> (int)day & 1) == 1;

    internal static string Say(Contact contact, Texts texts) => string.Create(
        CultureInfo.InvariantCulture, $"{string.Join(' ', Week.Where(day => Has(contact.WorkingDays, day)).Select(day => texts["contacts.day." + day]))} {contact.WorksFrom:HH\\:mm}–{contact.WorksUntil:HH\\:mm}");
}
