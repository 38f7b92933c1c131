using Deskward.Identity;
using Deskward.Platform;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Reports.FirstPage;

/// <summary>C2 on the board: how old the last directory sync is, people without mail, PCs without a person, disabled people who still have PCs.</summary>
internal sealed class PeopleEvidence(DeskwardContext db, PeopleCounts counts, TimeProvider time) : IRowEvidence
{
    private const string People = "C2.accounts";
    private const string Devices = "platform.device-details";

    /// <summary>Directories push each change and a full cycle at least daily.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromDays(1);

    private static readonly TimeSpan Lost = TimeSpan.FromDays(3);

    public string Row => "C2";

    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<EvidenceFact>>> CountAsync(IReadOnlyList<Guid> customers, CancellationToken cancellationToken)
    {
        var figures = await counts.OfAsync(customers, cancellationToken);
        var known = await db.Set<Person>().Where(row => customers.Contains(row.TenantId)).Select(row => row.TenantId).Distinct().ToHashSetAsync(cancellationToken);
        return customers.ToDictionary(customer => customer, customer => Facts(figures[customer], known.Contains(customer)));
    }

    private IReadOnlyList<EvidenceFact> Facts(PeopleFigures figures, bool knowsPeople)
    {
        EvidenceFact?[] facts =
        [
            figures.LastSync is { } at ? new("C2.sync", StateOf(time.Now() - at)) { At = at, Turn = Party.Customer } : new("C2.no-directory", EvidenceState.Unknown) { Turn = Party.Customer },
            !knowsPeople ? new("C2.nobody", EvidenceState.Unknown) { Turn = Party.Customer, Path = "/people", PathDuty = People } : null,
            Need("leavers", figures.DisabledWithPcs, EvidenceState.Bad, "/people", People),
            Need("mailless", figures.WithoutMail, EvidenceState.Attention, "/people", People),
            Need("ownerless", figures.PcsWithoutPerson, EvidenceState.Attention, $"/devices?customer={figures.Customer}&sort=user", Devices),
        ];
        return [.. facts.OfType<EvidenceFact>()];
    }

    private static EvidenceState StateOf(TimeSpan age) => age > Lost ? EvidenceState.Bad : age > Late ? EvidenceState.Attention : EvidenceState.Good;

    private static EvidenceFact? Need(string key, long count, EvidenceState state, string path, string duty) =>
        count == 0 ? null : new("C2." + key, state) { Numbers = [count], Turn = Party.Customer, Path = path, PathDuty = duty };
}
