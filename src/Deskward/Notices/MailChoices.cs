using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Notices;

/// <summary>Which kinds of notices a person wants by mail too, of those that leave the choice.</summary>
internal sealed class MailChoices(DeskwardContext db, IEnumerable<NoticeKind> kinds, AuditTrail audit)
{
    /// <summary>The kinds that leave the choice, and whether the person wants each.</summary>
    internal async Task<IReadOnlyList<(NoticeKind Kind, bool IsWanted)>> ListAsync(Guid person, CancellationToken cancellationToken)
    {
        var unwanted = await db.Set<MailOptOut>().Where(row => row.PersonId == person).Select(row => row.Kind).ToListAsync(cancellationToken);
        return [.. kinds.Where(kind => kind is { MayOptOut: true, ByMail: true }).Select(kind => (kind, !unwanted.Contains(kind.Key)))];
    }

    /// <summary>Keeps the choice. Saves.</summary>
    /// <param name="person">Whose choice.</param>
    /// <param name="organisation">The person's organisation, where it is audited.</param>
    /// <param name="address">The person's address.</param>
    /// <param name="wanted">Keys of the kinds that are wanted by mail; what is unknown or leaves no choice does not count.</param>
    /// <param name="cancellationToken">Cancels; nothing is changed then.</param>
    internal async Task SaveAsync(Guid person, Guid organisation, string address, IReadOnlyCollection<string> wanted, CancellationToken cancellationToken)
    {
        var present = await db.Set<MailOptOut>().Where(row => row.PersonId == person).ToListAsync(cancellationToken);
        foreach (var (kind, isWanted) in await ListAsync(person, cancellationToken))
        {
            if (isWanted == wanted.Contains(kind.Key))
            {
                continue;
            }

            if (isWanted)
            {
                db.Add(new MailOptOut { PersonId = person, Kind = kind.Key });
            }
            else
            {
                db.Remove(present.Single(row => row.Kind == kind.Key));
            }

            audit.Record(organisation, "notice.choose", person, address, after: new { kind = kind.Key, byMail = !isWanted });
        }

        await db.SaveChangesAsync(cancellationToken);
    }
}
