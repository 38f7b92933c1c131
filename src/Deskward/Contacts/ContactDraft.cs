using System.Net.Mail;
using Deskward.Platform;

namespace Deskward.Contacts;

/// <summary>Working hours as somebody typed them.</summary>
/// <param name="Days">Bits by day of the week, Sunday the lowest.</param>
/// <param name="From">Hours and minutes, such as 08:00.</param>
/// <param name="Until">Likewise.</param>
public sealed record HoursDraft(int Days, string From, string Until);

/// <summary>A contact as somebody typed it.</summary>
public sealed record ContactDraft(string Name, string Mail, string Telephone, string Language, HoursDraft Hours)
{
    private const int LongestName = 200;
    private const int LongestTelephone = 40;

    public bool NoRequestMail { get; init; }

    public bool NoMessageMail { get; init; }

    /// <summary>The first thing that is wrong; null when all is right.</summary>
    internal Refusal? Refuse() =>
        Name.Length is 0 or > LongestName || Name.Any(char.IsControl) ? Refusal.Invalid($"The name must have 1 to {LongestName} characters, none of them a control character.")
        : !IsMail(Mail) ? Refusal.Invalid("The address must be a mail address such as alice@contoso.example.")
        : !IsTelephone(Telephone) ? Refusal.Invalid("A telephone number has digits, spaces and + ( ) - / . alone, at most 40 of them; it may be left out.")
        : Platform.Portal.Language.Find(Language) is null ? Refusal.Invalid("Choose a language.")
        : Hours.Days is <= 0 or > 0b1111111 ? Refusal.Invalid("A week needs at least one working day.")
        : Time(Hours.From) is not { } from || Time(Hours.Until) is not { } until || from == until ? Refusal.Invalid("Give the beginning and the end of the working hours, such as 08:00 and 17:00.")
        : null;

    /// <summary>Writes it into a contact; to be called only when nothing is wrong.</summary>
    internal void Into(Contact contact)
    {
        (contact.Name, contact.Mail, contact.Telephone, contact.Language, contact.WorkingDays) = (Name, Mail, Telephone, Language, Hours.Days);
        (contact.WorksFrom, contact.WorksUntil, contact.NoRequestMail, contact.NoMessageMail) = (Time(Hours.From)!.Value, Time(Hours.Until)!.Value, NoRequestMail, NoMessageMail);
    }

    internal static TimeOnly? Time(string text) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss"], System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var time) ? time : null;

    private static bool IsMail(string text) => text.Length <= 320 && MailAddress.TryCreate(text, out var parsed) && parsed.Address == text && !text.Any(char.IsControl);

    private static bool IsTelephone(string text) =>
        text.Length == 0 || (text.Length <= LongestTelephone && text.Any(char.IsAsciiDigit) && text.All(letter => char.IsAsciiDigit(letter) || letter is ' ' or '+' or '(' or ')' or '-' or '/' or '.'));
}
