using System.Text.RegularExpressions;
using Deskward.Responsibilities;

namespace Deskward.Reports.FirstPage;

/// <summary>
/// P1 on the board: which part of the PCs is in its desired state by young evidence, and what of the fleet needs somebody now. Who has to move
/// follows from the cause: what the PC refuses is the provider's, a PC that does not come is the customer's.
/// </summary>
internal sealed partial class PolicyEvidence(FleetSummary fleet, Contracts contracts) : IRowEvidence
{
    internal const string Share = "P1.share";
    private const string Id = "P1";
    private const string Devices = "platform.device-details";
    private const string Exceptions = "P1.exceptions";
    private const string Compliance = "P1.compliance";
    private const string Hours = "desired.evidence";
    private const string Level = "desired.level";

    /// <summary>So many points below what is agreed are no longer a matter of attention alone.</summary>
    private const int Tolerance = 15;

    public string Row => Id;

    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<EvidenceFact>>> CountAsync(IReadOnlyList<Guid> customers, CancellationToken cancellationToken)
    {
        var figures = await contracts.FiguresAsync(customers, [Hours, Level], cancellationToken);
        var needs = await fleet.NeedsAsync(customers, customer => TimeSpan.FromHours(figures[customer][Hours]), cancellationToken);
        return needs.ToDictionary(one => one.Tenant, one => Facts(one, figures[one.Tenant][Level], figures[one.Tenant][Hours]));
    }

    /// <summary>The facts of a fleet.</summary>
    /// <param name="fleet">As it was counted.</param>
    /// <param name="level">The part that is agreed, in percent.</param>
    /// <param name="hours">How old evidence may be.</param>
    internal static IReadOnlyList<EvidenceFact> Facts(FleetNeeds fleet, int level, int hours)
    {
        if (fleet.Total == 0)
        {
            return [new("P1.empty", EvidenceState.Unknown) { Turn = Party.Customer, Path = "/enrolment-codes", PathDuty = "platform.enrolment" }];
        }

        var only = $"?customer={fleet.Tenant}";
        var devices = "/devices" + only;
        EvidenceFact?[] facts =
        [
            new(Share, StateOf(fleet, level))
            {
                Numbers = [fleet.Proven, fleet.Total, fleet.Proven * 100 / fleet.Total, hours], Turn = Party.Provider, Path = devices + (fleet.Desired < fleet.Total ? "&desired=no" : ""), PathDuty = Devices,
            },
            Need("failed", fleet.Failed, EvidenceState.Bad, Party.Provider, devices + "&open=failed"),
            Need("unknown", fleet.Unknown, EvidenceState.Bad, Party.Provider, devices + "&open=unknown"),
            Need("stale", fleet.Stale, EvidenceState.Unknown, Party.Customer, devices + "&silent=1&sort=seen"),
            Need("conflicts", fleet.Conflicts, EvidenceState.Attention, Party.Provider, devices + "&open=conflict"),
            Need("silent", fleet.Silent, EvidenceState.Attention, Party.Customer, $"{devices}&silent={FleetSummary.SilentDays}&sort=seen"),
            Need("waiting", fleet.Waiting, EvidenceState.Attention, Party.Customer, devices + "&open=waiting"),
            Need("exceptions", fleet.Requests, EvidenceState.Attention, Party.Provider, "/policy-exceptions" + only, Exceptions),
            Need("unserved", fleet.Unserved, EvidenceState.Attention, Party.Customer, $"/policy-exceptions{only}&state=Approved", Exceptions),
            Need("noncompliant", fleet.NotCompliant, EvidenceState.Attention, Party.Customer, $"/compliance{only}&state=NotCompliant", Compliance),
            Need("contested", fleet.Contested, EvidenceState.Attention, Party.Customer, "/drift" + only, Compliance),
            fleet.Repaired == 0 ? null : new("P1.repaired", EvidenceState.Good) { Numbers = [fleet.Repaired], Path = "/drift" + only, PathDuty = Compliance },
            Need("expiring", fleet.Expiring, EvidenceState.Attention, Party.Customer, "/certificates?show=expiring", "platform.certificates"),
        ];
        return [.. facts.OfType<EvidenceFact>()];
    }

    /// <summary>What of all these fleets needs somebody now: each cause once, with the PCs of all customers.</summary>
    internal static IReadOnlyList<EvidenceFact> Together(IEnumerable<CustomerBoard> boards) =>
    [
        .. boards.SelectMany(board => board.Facts(Id)).Where(fact => fact is { State: not EvidenceState.Good, Numbers.Count: 1 })
            .GroupBy(fact => fact.Key).Select(alike => alike.First() with { Numbers = [alike.Sum(fact => fact.Numbers[0])], Path = OfAll(alike.First().Path!) })
            .OrderByDescending(fact => fact.State),
    ];

    /// <summary>All these fleets as one; null when there is no PC.</summary>
    internal static EvidenceFact? Fleet(IEnumerable<CustomerBoard> boards)
    {
        var shares = boards.Select(ShareOf).OfType<EvidenceFact>().ToList();
        return shares.Count == 0 ? null : new(Share, shares.Max(fact => fact.State)) { Numbers = [shares.Sum(fact => fact.Numbers[0]), shares.Sum(fact => fact.Numbers[1])] };
    }

    /// <summary>Which part of a customer's fleet is in its desired state; null when there is no PC.</summary>
    internal static EvidenceFact? ShareOf(CustomerBoard board) => board.Facts(Id).FirstOrDefault(fact => fact.Key == Share);

    /// <summary>The same list without its customer.</summary>
    private static string OfAll(string path) => CustomerPart().Replace(path, "");

    [GeneratedRegex(@"(?<=\?)customer=[0-9a-f-]{36}&|\?customer=[0-9a-f-]{36}$")]
    private static partial Regex CustomerPart();

    private static EvidenceState StateOf(FleetNeeds fleet, int level) => (100.0 * fleet.Proven / fleet.Total) switch
    {
        var share when share >= level => EvidenceState.Good,
        var share when share >= level - Tolerance => EvidenceState.Attention,
        _ => EvidenceState.Bad,
    };

    private static EvidenceFact? Need(string key, long count, EvidenceState state, Party turn, string path, string duty = Devices) =>
        count == 0 ? null : new("P1." + key, state) { Numbers = [count], Turn = turn, Path = path, PathDuty = duty };
}
