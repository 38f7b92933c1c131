using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Notices;

/// <summary>How it stands with mail in the open organisations.</summary>
public enum MailHealth
{
    /// <summary>No mail server is given.</summary>
    NoServer,

    /// <summary>None was sent yet.</summary>
    Untried,

    /// <summary>The latest one that ended was taken by the server, and none has waited for long.</summary>
    Working,

    /// <summary>The latest one failed, or one has waited for more than a quarter of an hour.</summary>
    Failing,
}

/// <summary>What is asked for on the page of what was sent; null members do not restrict.</summary>
internal sealed record SentFilter(string? Words = null, MailState? State = null, Guid? Tenant = null);

/// <summary>A line of that page.</summary>
/// <param name="Notice">What was told to whom.</param>
/// <param name="Mail">Its mail; null when it was told in the portal alone.</param>
internal sealed record SentLine(SentNotice Notice, Mail? Mail);

/// <summary>What was told to whom, and what failed.</summary>
public sealed class SentNotices(DeskwardContext db, ServiceSettings settings, AuditTrail audit, TimeProvider time)
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(15);

    /// <summary>Whether mail works, from what became of the latest ones.</summary>
    public async Task<MailHealth> HealthAsync(CancellationToken cancellationToken)
    {
        if (settings.Mail is null)
        {
            return MailHealth.NoServer;
        }

        var longAgo = time.Now() - LongWait;
        if (await db.Set<Mail>().AnyAsync(row => row.State == MailState.Waiting && row.QueuedAt < longAgo, cancellationToken))
        {
            return MailHealth.Failing;
        }

        var latest = await db.Set<Mail>().Where(row => row.State == MailState.Sent || row.State == MailState.Failed)
            .OrderByDescending(row => row.TriedAt).Select(row => (MailState?)row.State).FirstOrDefaultAsync(cancellationToken);
        return latest switch { null => MailHealth.Untried, MailState.Sent => MailHealth.Working, _ => MailHealth.Failing };
    }

    /// <summary>A page of what was told in the open organisations, newest first, and how many there are.</summary>
    /// <param name="filter">What is asked for.</param>
    /// <param name="security">The organisations of which also what is about security is shown.</param>
    /// <param name="skip">How many lines come before.</param>
    /// <param name="take">How many lines at most.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<(IReadOnlyList<SentLine> Lines, long Total)> FindAsync(SentFilter filter, Guid[] security, int skip, int take, CancellationToken cancellationToken)
    {
        var found = from notice in Seen(security).AsNoTracking()
                    join mail in db.Set<Mail>().AsNoTracking() on notice.Id equals mail.Id into mails
                    from mail in mails.DefaultIfEmpty()
                    select new { notice, mail };
        if (filter.Words?.ToUpperInvariant() is { } words)
        {
            found = found.Where(line => SearchText.Holds(line.notice.Search, words));
        }

        if (filter.State is { } state)
        {
            found = found.Where(line => line.mail != null && line.mail.State == state);
        }

        if (filter.Tenant is { } tenant)
        {
            found = found.Where(line => line.notice.TenantId == tenant);
        }

        var total = await found.LongCountAsync(cancellationToken);
        var lines = await found.OrderByDescending(line => line.notice.At).ThenByDescending(line => line.notice.Id).Skip(skip).Take(take).ToListAsync(cancellationToken);
        return ([.. lines.Select(line => new SentLine(line.notice, line.mail))], total);
    }

    /// <summary>Queues a mail that failed once more. Saves.</summary>
    /// <returns>Null; NotFound, or Conflict when it did not fail or its content is no longer kept.</returns>
    internal async Task<Refusal?> SendAgainAsync(Guid id, Guid[] security, CancellationToken cancellationToken)
    {
        if (!await Seen(security).AnyAsync(row => row.Id == id, cancellationToken) || await db.Set<Mail>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } mail)
        {
            return Refusal.NotFound("mail");
        }

        if (mail.SendAgain(time.Now()) is { } refusal)
        {
            return refusal;
        }

        audit.Record(mail.TenantId, "notice.again", mail.Id, mail.Address);
        db.Announce(new Change(Outbox.ChangeKind, mail.TenantId, mail.Id));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Conflict("Only a mail that failed can be sent again, and only while its content is kept.");
        }
    }

    private IQueryable<SentNotice> Seen(Guid[] security) => db.Set<SentNotice>().Where(row => !row.IsSecurity || security.Contains(row.TenantId));
}
