using System.Text.Json;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Notices;

/// <summary>
/// Where modules tell people something. What is told is written with the caller's changes and in their transaction: if they are saved it will be
/// told, if not, nobody hears of it. The outbox mails it afterwards.
/// </summary>
public sealed class NoticeBoard(DeskwardContext db, ServiceKey key, MailLinks links, TimeProvider time)
{
    private const int MostAttachments = 3;
    private const int LongestAddress = 320;

    /// <summary>Adds the notice for each reader; saved by the caller. Sends nothing by itself.</summary>
    /// <exception cref="InvalidOperationException">A value that the texts name is missing, or a one-time link goes to several readers.</exception>
    public async Task SendAsync(Notice notice, CancellationToken cancellationToken)
    {
        Check(notice);
        var optedOut = await OptedOutAsync(notice, cancellationToken);
        foreach (var recipient in notice.To.DistinctBy(recipient => (recipient.PersonId, recipient.Address.ToUpperInvariant())))
        {
            Add(notice, recipient, byMail: recipient.PersonId is not { } person || (notice.Kind.ByMail && !optedOut.Contains(person)));
        }

        db.Announce(new Change(Outbox.ChangeKind, notice.Tenant, Guid.Empty));
    }

    /// <summary>
    /// A person loses access: ends their mail links and takes back what the open organisations have not mailed yet, at once and in the caller's transaction
    /// if there is one. What other organisations have queued is not sent either (<see cref="StillReads"/>). Who is to be told of the loss itself is told
    /// at the bare address.
    /// </summary>
    public async Task EndAccessAsync(Guid person, CancellationToken cancellationToken)
    {
        await links.RevokeAsync(person, purpose: null, cancellationToken);
        var now = time.Now();
        await db.Set<Mail>().Where(row => row.PersonId == person && row.State == MailState.Waiting).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.State, MailState.Withdrawn).SetProperty(row => row.Answer, Mail.ReaderLeft).SetProperty(row => row.WrappedContent, (byte[]?)null)
                .SetProperty(row => row.DueAt, (DateTimeOffset?)null).SetProperty(row => row.TriedAt, now).SetProperty(row => row.Version, row => row.Version + 1), cancellationToken);
    }

    private static void Check(Notice notice)
    {
        if (notice.Link?.Once is not null && notice.To.Count != 1)
        {
            throw new InvalidOperationException("A one-time link goes to one reader.");
        }

        if (notice.Attachments.Count > MostAttachments || notice.Attachments.Any(file => file.Text.Length > NoticeAttachment.Longest
            || file.FileName.Length is 0 or > 100 || !file.FileName.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-')))
        {
            throw new InvalidOperationException($"A notice takes {MostAttachments} text files with plain names, of at most {NoticeAttachment.Longest} characters each.");
        }
    }

    private async Task<HashSet<Guid>> OptedOutAsync(Notice notice, CancellationToken cancellationToken)
    {
        if (!notice.Kind.MayOptOut)
        {
            return [];
        }

        var people = notice.To.Select(recipient => recipient.PersonId).OfType<Guid>().ToArray();
        return [.. await db.Set<MailOptOut>().Where(row => row.Kind == notice.Kind.Key && people.Contains(row.PersonId)).Select(row => row.PersonId).ToListAsync(cancellationToken)];
    }

    private void Add(Notice notice, Recipient recipient, bool byMail)
    {
        var (kind, language, now) = (notice.Kind, recipient.Language ?? Language.English, time.Now());
        var said = NoticeTexts.Say(language, kind.Key, notice.Values) ?? throw new InvalidOperationException($"The notice {kind.Key} has no text.");
        var address = PlainText.Clean(recipient.Address, LongestAddress);
        var inPortal = recipient.PersonId is not null && kind.InPortal && notice.Link?.Once is null;
        var sent = new SentNotice
        {
            TenantId = notice.Tenant, PersonId = recipient.PersonId, Address = address, Kind = kind.Key, Importance = kind.Importance, IsSecurity = kind.IsSecurity,
            Subject = said.Subject, Search = $"{address} {said.Subject}".ToUpperInvariant(), Values = inPortal ? JsonSerializer.Serialize(notice.Values) : null,
            Path = inPortal ? notice.Link?.Path : null, At = now, IsInPortal = inPortal,
        };
        db.Add(sent);
        if (byMail)
        {
            var content = new MailContent(language.Code, said.Subject, said.Paragraphs, said.Action, notice.Link?.Path, kind.Importance == NoticeImportance.High) { Attachments = notice.Attachments };
            db.Add(new Mail
            {
                Id = sent.Id, TenantId = sent.TenantId, PersonId = sent.PersonId, Address = recipient.Address.Length > LongestAddress ? address : recipient.Address, LinkId = notice.Link?.Once,
                WrappedContent = content.Wrap(key, sent.Id), QueuedAt = now, DueAt = now,
            });
        }
    }
}
