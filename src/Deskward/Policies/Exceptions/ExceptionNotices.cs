using System.Globalization;
using Deskward.Contacts;
using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Policies.Exceptions;

/// <summary>Who is told what of an exception, in the transaction of what it tells about.</summary>
internal sealed class ExceptionNotices(DeskwardContext db, NoticeBoard board, AreaReaders readers)
{
    internal static readonly NoticeKind Asked = new("policies.exception-asked");
    internal static readonly NoticeKind Decided = new("policies.exception-decided");
    internal static readonly NoticeKind Ending = new("policies.exception-ending");
    internal static readonly NoticeKind Ended = new("policies.exception-ended");
    internal static readonly NoticeKind Revoked = new("policies.exception-revoked") { Importance = NoticeImportance.High };
    internal static readonly NoticeKind LevelLost = new("policies.exception-level-lost") { Importance = NoticeImportance.High };
    internal static readonly NoticeKind Appealed = new("policies.exception-appealed");
    internal static readonly NoticeKind AppealAnswered = new("policies.exception-appeal-answered");

    internal static IReadOnlyList<NoticeKind> Kinds { get; } = [Asked, Decided, Ending, Ended, Revoked, LevelLost, Appealed, AppealAnswered];

    /// <summary>Tells the provider's people who decide; by number alone, because what the customer wrote is for those who are let in.</summary>
    internal async Task TellProviderAsync(NoticeKind kind, Guid provider, string customer, ExceptionRequest exception, CancellationToken cancellationToken) => await board.SendAsync(
        new Notice(kind, provider)
        {
            To = [.. (await db.HoldersAsync(provider, [Role.OperationsEngineer, Role.ServiceLead], cancellationToken)).Select(person => person.AsRecipient())],
            Values = new Dictionary<string, NoticeValue> { ["number"] = Number(exception.Number), ["customer"] = customer, ["type"] = NoticeValue.OfText("exception.type." + exception.Type) },
            Link = NoticeLink.Page($"/policy-exceptions/{exception.Id}"),
        },
        cancellationToken);

    /// <summary>Tells the customer: who runs its IT, who approves changes, and the contacts for devices.</summary>
    internal async Task TellCustomerAsync(NoticeKind kind, ExceptionRequest exception, CancellationToken cancellationToken, params (string Place, NoticeValue Value)[] more)
    {
        var people = await db.HoldersAsync(exception.TenantId, [Role.ItAdministrator, Role.ChangeApprover], cancellationToken);
        var contacts = await readers.OfAsync(exception.TenantId, ContactArea.Devices, cancellationToken);
        var known = people.Select(person => person.Email).ToHashSet(StringComparer.OrdinalIgnoreCase);
        await board.SendAsync(
            new Notice(kind, exception.TenantId)
            {
                To = [.. people.Select(person => person.AsRecipient()), .. contacts.Where(contact => !known.Contains(contact.Address))],
                Values = more.Append(("number", Number(exception.Number))).ToDictionary(),
                Link = NoticeLink.Page($"/policy-exceptions/{exception.Id}"),
            },
            cancellationToken);
    }

    /// <summary>Tells what the calendar demands.</summary>
    internal Task TellAsync(ExceptionRequest exception, DatedNotice notice, CancellationToken cancellationToken) => notice.Kind switch
    {
        ExceptionNoticeKind.EndIn30 or ExceptionNoticeKind.EndIn5 => TellCustomerAsync(Ending, exception, cancellationToken, ("day", Day(notice.Anchor))),
        ExceptionNoticeKind.LevelLost => TellCustomerAsync(LevelLost, exception, cancellationToken, ("reason", exception.RevokeReason ?? "")),
        ExceptionNoticeKind.Revoked or ExceptionNoticeKind.RevokedDay30 or ExceptionNoticeKind.RevokedDay60 or ExceptionNoticeKind.RevokedFinal => TellCustomerAsync(
            Revoked, exception, cancellationToken, ("which", NoticeValue.OfText("exception.notice." + notice.Kind)), ("reason", exception.RevokeReason ?? ""), ("advice", exception.RevokeAdvice ?? ""),
            ("day", Day(notice.Anchor.AddDays(exception.RevokedDays)))),
    };

    internal static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
