using System.Net;
using System.Security.Claims;
using Deskward.Audit;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Visits;

/// <summary>Begins sessions, knows them again, and ends them. The person's organisation must be open.</summary>
internal sealed class PortalSessions(DeskwardContext db, AuditTrail audit, TimeProvider time)
{
    internal const string Scheme = "portal";
    private const string SessionClaim = "session";
    private const string OrganisationClaim = "organisation";

    /// <summary>How seldom it is written down that a session was seen.</summary>
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    /// <summary>How long a place counts as one where the person signs in.</summary>
    private static readonly TimeSpan KnownFor = TimeSpan.FromDays(30);

    /// <summary>Signs the person in with this browser; what the caller changed before is saved with it.</summary>
    internal async Task StartAsync(HttpContext http, Person person, SignInMethods methods, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var session = new PortalSession
        {
            TenantId = person.TenantId, PersonId = person.Id, Stamp = person.SecurityStamp ?? "", Methods = methods, StartedAt = now, LastSeenAt = now, ConfirmedAt = now,
            Source = Source(http.Connection.RemoteIpAddress), Browser = BrowserName.Of(http.Request.Headers.UserAgent.ToString()),
        };
        db.Add(session);
        person.Language ??= Language.Of(http.Request).Code; // As long as nothing was chosen, mails speak as the portal did last.
        audit.Actor = new Actor(ActorKind.Person, person.Id, person.UserName!);
        audit.Record(person.TenantId, "person.sign-in", person.Id, person.UserName!, after: new { By = methods.ToString(), From = session.Source });
        await db.SaveChangesAsync(cancellationToken);
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, person.Id.ToString()), new Claim(OrganisationClaim, person.TenantId.ToString()), new Claim(SessionClaim, session.Id.ToString())], Scheme);
        await http.SignInAsync(Scheme, new ClaimsPrincipal(identity));
    }

    /// <summary>The organisation of the person to whom a cookie was given; null when it names none.</summary>
    internal static Guid? OrganisationOf(ClaimsPrincipal? cookie) => Guid.TryParse(cookie?.FindFirstValue(OrganisationClaim), out var id) ? id : null;

    /// <summary>The session that a cookie names and its person, if it holds now; null when it does not. Notes that it was seen.</summary>
    internal async Task<(PortalSession Session, Person Person)?> RecogniseAsync(ClaimsPrincipal? cookie, IPAddress? from, CancellationToken cancellationToken)
    {
        var now = time.Now();
        if (!Guid.TryParse(cookie?.FindFirstValue(SessionClaim), out var id)
            || await db.Set<PortalSession>().AsNoTracking().Where(row => row.Id == id).Join(db.Set<Person>().AsNoTracking(), row => row.PersonId, row => row.Id, (session, person) => new { session, person })
                .SingleOrDefaultAsync(cancellationToken) is not { } found
            || !found.session.Holds(found.person, now))
        {
            return null;
        }

        if (now - found.session.LastSeenAt >= SeenEvery)
        {
            var source = Source(from);
            await db.Set<PortalSession>().Where(row => row.Id == id && row.LastSeenAt < now)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastSeenAt, now).SetProperty(row => row.Source, source), cancellationToken);
        }

        return (found.session, found.person);
    }

    /// <summary>The person's sessions that hold now, the latest first.</summary>
    internal async Task<List<PortalSession>> ListAsync(Person person, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var rows = await db.Set<PortalSession>().AsNoTracking().Where(row => row.PersonId == person.Id && row.EndedAt == null && row.LastSeenAt > now - PortalSession.Idle).ToListAsync(cancellationToken);
        return [.. rows.Where(row => row.Holds(person, now)).OrderByDescending(row => row.LastSeenAt)];
    }

    /// <summary>Ends one session of the person, or all but one; in the caller's transaction if there is one.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="only">The session to end; null: all.</param>
    /// <param name="but">The session that stays; null: none.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>How many ended.</returns>
    internal async Task<int> EndAsync(Person person, Guid? only, Guid? but, CancellationToken cancellationToken)
    {
        var now = time.Now();
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var ended = await db.Set<PortalSession>().Where(row => row.PersonId == person.Id && row.EndedAt == null && (only == null || row.Id == only) && row.Id != but)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.EndedAt, now), cancellationToken);
        if (ended > 0)
        {
            audit.Record(person.TenantId, "person.sessions-end", person.Id, person.UserName!, after: new { Ended = ended });
            await db.SaveChangesAsync(cancellationToken);
        }

        if (own is not null)
        {
            await own.CommitAsync(cancellationToken);
        }

        return ended;
    }

    /// <summary>The person proved again who they are, in this session.</summary>
    internal Task ConfirmAsync(Guid session, SignInMethods by, CancellationToken cancellationToken) => ChangeAsync(session, row => (row.ConfirmedAt, row.Methods) = (time.Now(), row.Methods | by), cancellationToken);

    /// <summary>Whether it is a session of this person.</summary>
    internal Task<bool> IsOfAsync(Guid session, Guid person, CancellationToken cancellationToken) => db.Set<PortalSession>().AnyAsync(row => row.Id == session && row.PersonId == person, cancellationToken);

    /// <summary>The person has a new stamp and this session stays, the others not.</summary>
    internal Task KeepAsync(Guid session, Person person, CancellationToken cancellationToken) => ChangeAsync(session, row => row.Stamp = person.SecurityStamp ?? "", cancellationToken);

    /// <summary>Whether the person has signed in from there within the last weeks.</summary>
    internal async Task<bool> KnowsAsync(Guid person, IPAddress? from, CancellationToken cancellationToken)
    {
        var (source, since) = (Source(from), time.Now() - KnownFor);
        return await db.Set<PortalSession>().AnyAsync(row => row.PersonId == person && row.Source == source && row.LastSeenAt > since, cancellationToken);
    }

    /// <summary>Forgets sessions that ended long ago, in the open organisations.</summary>
    internal Task<int> ForgetAsync(CancellationToken cancellationToken)
    {
        var before = time.Now() - KnownFor;
        return db.Set<PortalSession>().Where(row => row.LastSeenAt < before).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task ChangeAsync(Guid session, Action<PortalSession> change, CancellationToken cancellationToken)
    {
        change(await db.Set<PortalSession>().SingleAsync(row => row.Id == session, cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
    }

    private static string Source(IPAddress? from) => (from is { IsIPv4MappedToIPv6: true } ? from.MapToIPv4() : from)?.ToString() ?? "";
}
