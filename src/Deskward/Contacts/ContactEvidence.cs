using Deskward.Platform;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Contacts;

/// <summary>C7 on the board: areas named and confirmed. What is about security is told to those alone who may see contacts of security.</summary>
internal sealed class ContactEvidence(DeskwardContext db, Contracts contracts, TimeProvider time) : IRowEvidence
{
    public string Row => "C7";

    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<EvidenceFact>>> CountAsync(IReadOnlyList<Guid> customers, CancellationToken cancellationToken)
    {
        var standings = await StandingsAsync(db, contracts, customers, time.Now(), cancellationToken);
        return customers.ToDictionary(customer => customer, customer => (IReadOnlyList<EvidenceFact>)[.. Facts(customer, standings[customer], security: false), .. Facts(customer, standings[customer], security: true)]);
    }

    /// <summary>How all areas of these customers stand, which are open.</summary>
    internal static async Task<IReadOnlyDictionary<Guid, IReadOnlyList<AreaStanding>>> StandingsAsync(
        DeskwardContext db, Contracts contracts, IReadOnlyCollection<Guid> customers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var figures = await contracts.FiguresAsync(customers, [ContactBook.ConfirmationFigure], cancellationToken);
        var calendars = await contracts.CalendarsAsync(customers, cancellationToken);
        var counts = await db.Set<Contact>().Where(row => customers.Contains(row.TenantId) && row.RemovedAt == null).GroupBy(row => new { row.TenantId, row.Area })
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(row => (row.Key.TenantId, row.Key.Area), row => row.Count, cancellationToken);
        var confirmed = await db.Set<AreaConfirmation>().Where(row => customers.Contains(row.TenantId)).GroupBy(row => new { row.TenantId, row.Area })
            .Select(group => new { group.Key, Day = group.Max(row => row.Day) }).ToDictionaryAsync(row => (row.Key.TenantId, row.Key.Area), row => row.Day, cancellationToken);
        return customers.ToDictionary(customer => customer, customer => (IReadOnlyList<AreaStanding>)[.. ContactAreas.All.Select(area => AreaStanding.On(
            area, counts.GetValueOrDefault((customer, area)), confirmed.TryGetValue((customer, area), out var day) ? day : null, calendars[customer].DayOf(now), figures[customer][ContactBook.ConfirmationFigure]))]);
    }

    /// <summary>The facts of the area of security, or of all others together.</summary>
    internal static IEnumerable<EvidenceFact> Facts(Guid customer, IReadOnlyList<AreaStanding> standings, bool security)
    {
        var areas = standings.Where(standing => standing.Area == ContactArea.Security == security && standing.State != AreaState.Empty).ToList();
        var (confirmed, late) = (areas.Count(standing => standing.State == AreaState.Confirmed), areas.Where(standing => standing.State == AreaState.Overdue).ToList());
        EvidenceFact?[] facts =
        [
            confirmed == 0 ? null : Fact(security ? "security-confirmed" : "confirmed", EvidenceState.Good, [confirmed, areas.Count]),
            Need(security ? "security-missing" : "missing", EvidenceState.Bad, areas.Count(standing => standing.State == AreaState.Missing)),
            Need(security ? "security-unconfirmed" : "unconfirmed", EvidenceState.Attention, areas.Count(standing => standing.State == AreaState.Unconfirmed)),
            Need(security ? "security-overdue" : "overdue", EvidenceState.Attention, late.Count) is { } overdue ? overdue with { OverdueSince = late.Min(standing => standing.DueOn)?.AddDays(1) } : null,
        ];
        return facts.OfType<EvidenceFact>();

        EvidenceFact? Need(string key, EvidenceState state, int count) => count == 0 ? null : Fact(key, state, [count]);

        EvidenceFact Fact(string key, EvidenceState state, long[] numbers) => new("C7." + key, state)
        {
            Numbers = numbers, Turn = Party.Customer, Path = (security ? "/security-contacts?customer=" : "/contacts?customer=") + customer,
            PathDuty = security ? ContactAreas.SecurityDuty : ContactAreas.Duty, Duty = security ? ContactAreas.SecurityDuty : "platform.board",
        };
    }
}
