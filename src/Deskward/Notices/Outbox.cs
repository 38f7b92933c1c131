using System.Data.Common;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Notices;

/// <summary>
/// Sends the mails that are due. Of several nodes one takes a mail at a time. A mail is marked as being sent, and that is committed, before the first byte of
/// it leaves; so a node that dies at any moment leaves a mail that was not sent, or one whose doubt is known.
/// </summary>
internal sealed class Outbox(IServiceScopeFactory scopes, ServiceSettings settings, ServiceKey key, StillReads stillReads, TimeProvider time, ILogger<Outbox> log)
{
    /// <summary>The kind of <see cref="Change"/> that wakes the nodes.</summary>
    internal const string ChangeKind = "mail";

    /// <summary>How long nothing is tried after the server could not be used: the first time, then the second, and so on.</summary>
    private static readonly TimeSpan[] Rests = [TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    private DateTimeOffset _restsUntil;
    private int _troubles;

    /// <summary>
    /// 1. Nothing without a server, or while it rests after trouble. 2. Connect only when something is due. 3. Take the mail that is due longest and mark it.
    /// 4. Hand it over. 5. Note what became of it; go on with the next one until none is due.
    /// </summary>
    internal async Task SendDueAsync(CancellationToken stopping)
    {
        if (settings.Mail is not { } server || time.Now() < _restsUntil || !await InAllAsync(AnyDueAsync, stopping))
        {
            return;
        }

        var opened = await SmtpConnection.OpenAsync(settings, server, stopping);
        if (opened.IsRefused)
        {
            await RestAsync(opened.Refusal.Message, stopping);
            return;
        }

        await using var connection = opened.Value;
        while (connection.IsOpen && !stopping.IsCancellationRequested && await InAllAsync(TakeAsync, stopping) is { } taken)
        {
            var attempt = taken.Content is null ? new Attempt(AttemptResult.Refused, "The content cannot be read: the service key that wrapped it is missing.")
                : MailComposer.Parse(taken.Address) is not { } to ? new Attempt(AttemptResult.Refused, "This is no mail address.")
                : await connection.SendAsync(MailComposer.Compose(taken.Content, to, taken.MessageId, settings, time.Now()));
            await SettleAsync(taken, attempt);
            if (attempt.Result == AttemptResult.NoServer)
            {
                await RestAsync($"The mail server {server.Host} refuses the service: {attempt.Answer}", stopping);
                return;
            }

            _troubles = 0;
        }
    }

    private async Task<bool> AnyDueAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var now = time.Now();
        return await services.GetRequiredService<DeskwardContext>().Set<Mail>().AnyAsync(row => row.DueAt <= now, cancellationToken);
    }

    /// <summary>The next mail that is to be sent, marked and committed; null when none is due.</summary>
    private async Task<TakenMail?> TakeAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var (db, links) = (services.GetRequiredService<DeskwardContext>(), services.GetRequiredService<MailLinks>());
        while (true)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (await Next(db, time.Now()).SingleOrDefaultAsync(cancellationToken) is not { } mail)
            {
                return null;
            }

            var why = mail.LinkId is { } link && !await links.IsOpenAsync(link, cancellationToken) ? "The link in it has ended."
                : mail.PersonId is { } person && !await stillReads(db, person, cancellationToken) ? Mail.ReaderLeft : null;
            if (why is not null)
            {
                mail.Withdraw(time.Now(), why);
            }

            var begun = why is null && mail.Begin(time.Now(), $"{mail.Id:n}@{settings.PublicUrl.Host}");
            // Not cancelled from here on: what is marked is also sent, so that stopping a node leaves no doubt.
            await db.SaveChangesAsync(CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
            if (begun)
            {
                return new TakenMail(mail.Id, mail.TenantId, mail.Version, mail.Address, mail.MessageId!, MailContent.Unwrap(key, mail.Id, mail.WrappedContent));
            }

            NoticesLog.Settled(log, mail.Id, mail.TenantId, mail.State, mail.Attempts);
        }
    }

    /// <summary>On PostgreSQL a row that another node holds is passed over; on SQLite the transaction has the database for itself.</summary>
    private static IQueryable<Mail> Next(DeskwardContext db, DateTimeOffset now) => db.IsSqlite
        ? db.Set<Mail>().Where(row => row.DueAt <= now).OrderBy(row => row.DueAt).Take(1)
        : db.Set<Mail>().FromSql($"SELECT * FROM notices_mails WHERE due_at <= {now} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED");

    /// <summary>Past the point of no return: not cancelled when the service stops. What cannot be noted is found again when its lease ends.</summary>
    private async Task SettleAsync(TakenMail taken, Attempt attempt)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(taken.TenantId);
            var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
            if (await db.Set<Mail>().SingleOrDefaultAsync(row => row.Id == taken.Id && row.Version == taken.Version, CancellationToken.None) is not { } mail)
            {
                NoticesLog.Overtaken(log, taken.Id, taken.TenantId, attempt.Result);
                return;
            }

            mail.Settle(attempt, time.Now());
            await db.SaveChangesAsync(CancellationToken.None);
            NoticesLog.Settled(log, mail.Id, mail.TenantId, mail.State, mail.Attempts);
        }
        catch (Exception exception) when (exception is DbUpdateException or DbException)
        {
            NoticesLog.NotNoted(log, exception, taken.Id, taken.TenantId, attempt.Result);
        }
    }

    /// <summary>Stops trying for a while, and says so on each mail that waits for it.</summary>
    private async Task RestAsync(string cause, CancellationToken cancellationToken)
    {
        var now = time.Now();
        _restsUntil = now + Rests[Math.Min(_troubles++, Rests.Length - 1)];
        var said = PlainText.Clean(cause, Mail.LongestAnswer);
        NoticesLog.NoServer(log, _restsUntil, said);
        await InAllAsync((services, stopping) => services.GetRequiredService<DeskwardContext>().Set<Mail>()
            .Where(row => row.State == MailState.Waiting && row.DueAt <= now && row.Answer != said).ExecuteUpdateAsync(set => set.SetProperty(row => row.Answer, said), stopping), cancellationToken);
    }

    private async Task<T> InAllAsync<T>(Func<IServiceProvider, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        return await work(scope.ServiceProvider, cancellationToken);
    }

    private sealed record TakenMail(Guid Id, Guid TenantId, int Version, string Address, string MessageId, MailContent? Content);
}
