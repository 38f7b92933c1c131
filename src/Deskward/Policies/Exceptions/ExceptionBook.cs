using Deskward.Audit;
using Deskward.DesiredState;
using Deskward.Groups;
using Deskward.Platform;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Exceptions;

/// <summary>The steps of an exception's life, each inside the transaction that its caller began and commits.</summary>
internal sealed class ExceptionBook(DeskwardContext db, ExceptionPlace place, ExceptionAssignment assignment, ExceptionNotices notices, Contracts contracts, AuditTrail audit, TimeProvider time)
{
    private const string LevelFigure = "exception.end";

    internal async Task<Outcome<ExceptionRequest>> AskAsync(Guid? asker, ExceptionWish wish, CancellationToken cancellationToken)
    {
        if (ExceptionRules.Refuse(wish, await TodayAsync(cancellationToken)) is { } refusal)
        {
            return refusal;
        }

        if (!await db.Set<Group>().AnyAsync(row => row.TenantId == place.Customer && row.Id == wish.Group, cancellationToken))
        {
            return Refusal.NotFound("group");
        }

        if (assignment.Refuse(place.Customer, wish.Settings) is { } wrong)
        {
            return wrong;
        }

        var exception = new ExceptionRequest
        {
            TenantId = place.Customer, Number = (await db.Set<ExceptionRequest>().Where(row => row.TenantId == place.Customer).MaxAsync(row => (int?)row.Number, cancellationToken) ?? 0) + 1,
            Type = wish.Type!.Value, Requirement = wish.Requirement, Proposal = wish.Proposal, WantedUntil = wish.Until!.Value, GroupId = wish.Group, Settings = wish.Settings,
            AskedById = asker, AskedBy = audit.Actor.Name, AskedAt = time.Now(),
        };
        db.Add(exception);
        Record(exception, "request", new { Type = exception.Type.ToString(), exception.Requirement, exception.Proposal, exception.WantedUntil, exception.Settings });
        await notices.TellProviderAsync(ExceptionNotices.Asked, place.Provider, place.CustomerName, exception, cancellationToken);
        return exception;
    }

    internal async Task<Outcome<ExceptionRequest>> DecideAsync(ExceptionRequest seen, ExceptionDecision decision, CancellationToken cancellationToken)
    {
        if (await FindAsync(seen, row => row.State == ExceptionState.Submitted, cancellationToken) is not { } exception)
        {
            return Refusal.Conflict("This request was decided or withdrawn already.");
        }

        if (ExceptionAssessment.Refuse(decision, exception.Type, exception.WantedUntil, await TodayAsync(cancellationToken)) is { } refusal)
        {
            return refusal;
        }

        (exception.Criteria, exception.Need, exception.Answer) = (decision.Criteria, decision.Need, decision.Answer);
        (exception.DecidedBy, exception.DecidedAt) = (audit.Actor.Name, time.Now());
        exception.State = decision.Approve ? ExceptionState.Approved : ExceptionState.Refused;
        if (decision.Approve)
        {
            exception.AgreedEnd = decision.AgreedEnd;
            if (await assignment.AssignAsync(exception, decision.Digest, cancellationToken) is { } impossible)
            {
                return impossible;
            }
        }

        Record(exception, decision.Approve ? "approve" : "refuse", new { Criteria = decision.Criteria.ToString(), Need = decision.Need.ToString(), exception.AgreedEnd, exception.Answer });
        await notices.TellCustomerAsync(ExceptionNotices.Decided, exception, cancellationToken, ("answer", decision.Answer), ("state", Notices.NoticeValue.OfText("exception.state." + exception.State)));
        return exception;
    }

    internal async Task<Outcome<ExceptionRequest>> RevokeAsync(ExceptionRequest seen, Revocation revocation, CancellationToken cancellationToken)
    {
        if (await FindAsync(seen, row => row is { State: ExceptionState.Approved, RevokedOn: null }, cancellationToken) is not { } exception)
        {
            return Refusal.Conflict("Only an exception that holds can be revoked, and only once.");
        }

        var agreed = (await contracts.FiguresAsync(place.Customer, cancellationToken))[LevelFigure];
        if (ExceptionRules.Refuse(revocation, agreed) is { } refusal)
        {
            return refusal;
        }

        var today = await TodayAsync(cancellationToken);
        (exception.RevokedOn, exception.RevokedDays, exception.RevokedBy) = (today, revocation.ShorterDays ?? agreed, audit.Actor.Name);
        (exception.RevokeReason, exception.RevokeAdvice) = (revocation.Reason, revocation.Advice);
        (exception.Appeal, exception.AppealedBy, exception.AppealedAt, exception.AppealAnswer, exception.AppealAnsweredAt) = (null, null, null, null, null);
        Record(exception, "revoke", new { exception.RevokeReason, exception.RevokeAdvice, exception.RevokedDays });
        await SendAsync(exception, new DatedNotice(ExceptionNoticeKind.Revoked, today, today), today, cancellationToken);
        return exception;
    }

    internal async Task<Outcome<ExceptionRequest>> AppealAsync(ExceptionRequest seen, string text, CancellationToken cancellationToken)
    {
        if (await FindAsync(seen, row => row.IsBeingRevoked && !row.AppealWaits, cancellationToken) is not { } exception)
        {
            return Refusal.Conflict("There is no revocation to appeal against, or an appeal waits already.");
        }

        if (ExceptionRules.RefuseText(text) is { } refusal)
        {
            return refusal;
        }

        (exception.Appeal, exception.AppealedBy, exception.AppealedAt, exception.AppealAnswer, exception.AppealAnsweredAt) = (text, audit.Actor.Name, time.Now(), null, null);
        Record(exception, "appeal", new { exception.Appeal });
        await notices.TellProviderAsync(ExceptionNotices.Appealed, place.Provider, place.CustomerName, exception, cancellationToken);
        return exception;
    }

    internal async Task<Outcome<ExceptionRequest>> AnswerAppealAsync(ExceptionRequest seen, bool reinstate, string answer, CancellationToken cancellationToken)
    {
        if (await FindAsync(seen, row => row.AppealWaits, cancellationToken) is not { } exception)
        {
            return Refusal.Conflict("No appeal waits for an answer.");
        }

        if (ExceptionRules.RefuseText(answer) is { } refusal)
        {
            return refusal;
        }

        (exception.AppealAnswer, exception.AppealAnsweredAt) = (answer, time.Now());
        if (reinstate)
        {
            (exception.RevokedOn, exception.ServiceLevelLostOn) = (null, null);
        }

        Record(exception, reinstate ? "reinstate" : "uphold", new { exception.AppealAnswer });
        await notices.TellCustomerAsync(
            ExceptionNotices.AppealAnswered, exception, cancellationToken, ("answer", answer), ("outcome", Notices.NoticeValue.OfText(reinstate ? "exception.reinstated" : "exception.upheld")));
        return exception;
    }

    internal async Task<Outcome<ExceptionRequest>> EndAsync(ExceptionRequest seen, ExceptionEnding ending, string? digest, CancellationToken cancellationToken)
    {
        if (await FindAsync(seen, row => row.State is ExceptionState.Submitted or ExceptionState.Approved, cancellationToken) is not { } exception)
        {
            return Refusal.Conflict("There is nothing to end any more.");
        }

        var was = exception.State;
        if (was == ExceptionState.Approved && await assignment.RemoveAsync(exception, digest, cancellationToken) is { } impossible)
        {
            return impossible;
        }

        (exception.State, exception.EndedAt) = (was == ExceptionState.Submitted ? ExceptionState.Withdrawn : ExceptionState.Ended, time.Now());
        if (was == ExceptionState.Approved)
        {
            exception.Ending = ending;
            await notices.TellCustomerAsync(ExceptionNotices.Ended, exception, cancellationToken, ("ending", Notices.NoticeValue.OfText("exception.ending." + ending)));
        }

        Record(exception, was == ExceptionState.Submitted ? "withdraw" : "end", new { Ending = exception.Ending?.ToString() });
        return exception;
    }

    /// <summary>What the calendar demands today: notices, the loss of the service level, the agreed end.</summary>
    /// <param name="log">Is told of settings that could not be taken away.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>How many notices went out.</returns>
    internal async Task<int> FollowCalendarAsync(ILogger log, CancellationToken cancellationToken)
    {
        var today = await TodayAsync(cancellationToken);
        var sent = 0;
        foreach (var exception in await db.Set<ExceptionRequest>().Where(row => row.TenantId == place.Customer && row.State == ExceptionState.Approved).OrderBy(row => row.Number).ToListAsync(cancellationToken))
        {
            var isThere = exception.AssignmentId is not { } id || await db.Set<Assignment>().AnyAsync(row => row.Id == id, cancellationToken);
            if (!isThere || exception.AgreedEnd < today)
            {
                var version = exception.Version;
                if ((await EndAsync(exception, isThere ? ExceptionEnding.AgreedEnd : ExceptionEnding.Unassigned, null, cancellationToken)).Refusal is { } refusal)
                {
                    exception.Version = version; // It stands as it was, and the next round tries again.
                    PoliciesLog.NotEnded(log, exception.Number, place.Customer, refusal.Message);
                }

                continue;
            }

            var told = await db.Set<ExceptionNotice>().AsNoTracking().Where(row => row.ExceptionId == exception.Id).ToListAsync(cancellationToken);
            foreach (var notice in ExceptionTimeline.Due(exception, told, today))
            {
                await SendAsync(exception, notice, today, cancellationToken);
                sent++;
            }
        }

        return sent;
    }

    private async Task SendAsync(ExceptionRequest exception, DatedNotice notice, DateOnly today, CancellationToken cancellationToken)
    {
        db.Add(new ExceptionNotice { ExceptionId = exception.Id, TenantId = exception.TenantId, Kind = notice.Kind, Anchor = notice.Anchor, Day = today });
        if (notice.Kind == ExceptionNoticeKind.LevelLost)
        {
            (exception.ServiceLevelLostOn, exception.Version) = (today, exception.Version + 1);
            Record(exception, "level-lost", new { exception.ServiceLevelLostOn });
        }

        await notices.TellAsync(exception, notice, cancellationToken);
    }

    /// <summary>The row as it was looked at and as it may be for the step; null when either is not so any more.</summary>
    private async Task<ExceptionRequest?> FindAsync(ExceptionRequest seen, Func<ExceptionRequest, bool> may, CancellationToken cancellationToken)
    {
        var row = await db.Set<ExceptionRequest>().SingleOrDefaultAsync(found => found.Id == seen.Id && found.TenantId == place.Customer, cancellationToken);
        if (row is null || row.Version != seen.Version || !may(row))
        {
            return null;
        }

        row.Version++;
        return row;
    }

    private async Task<DateOnly> TodayAsync(CancellationToken cancellationToken) => (await contracts.CalendarAsync(place.Customer, cancellationToken)).DayOf(time.Now());

    private void Record(ExceptionRequest exception, string verb, object after) =>
        audit.Record(exception.TenantId, "exception." + verb, exception.Id, exception.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), after: after);
}
