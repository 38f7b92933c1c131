using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Responsibilities;

/// <summary>One row of the board at one customer, as one reader may see it.</summary>
/// <param name="Row">The row of the matrix.</param>
/// <param name="Facts">What is known, worst first.</param>
public sealed record BoardRow(MatrixRow Row, IReadOnlyList<EvidenceFact> Facts)
{
    /// <summary>How the row stands; null: its work is not built yet. A row that is built and of which nothing is known is not known.</summary>
    public EvidenceState? State { get; } = Facts.Count > 0 ? Facts.Max(fact => fact.State) : Row.Built ? EvidenceState.Unknown : null;

    /// <summary>Whose turn it is, by the worst fact that is anybody's; null: nobody's.</summary>
    public Party? Turn { get; } = Facts.FirstOrDefault(fact => fact.Turn is not null && fact.State != EvidenceState.Good)?.Turn;

    /// <summary>How many facts are late.</summary>
    public int Overdue { get; } = Facts.Count(fact => fact.OverdueSince is not null);
}

/// <summary>The fifteen rows of one customer: all that is known, or as one reader may see them.</summary>
/// <param name="Customer">Whose.</param>
/// <param name="CountedAt">When the counting began.</param>
/// <param name="Rows">In the order of the matrix.</param>
public sealed record CustomerBoard(Guid Customer, DateTimeOffset CountedAt, IReadOnlyList<BoardRow> Rows)
{
    /// <summary>The duties that one must be able to read in order to see all of it.</summary>
    internal IReadOnlyList<string> Duties { get; } = [.. Rows.SelectMany(row => row.Facts).Select(fact => fact.Duty).Distinct()];

    /// <summary>How the customer stands: as its worst row.</summary>
    public EvidenceState State { get; } = Rows.Max(row => row.State) ?? EvidenceState.Unknown;

    /// <summary>How many facts are late.</summary>
    public int Overdue => Badness.Overdue;

    /// <summary>Rows that are not in order, worst first.</summary>
    public IEnumerable<BoardRow> Open => Rows.Where(row => row.State is not (null or EvidenceState.Good)).OrderByDescending(row => row.State);

    /// <summary>What is known of a row; nothing when the board does not have it.</summary>
    public IReadOnlyList<EvidenceFact> Facts(string row) => Rows.FirstOrDefault(one => one.Row.Id == row)?.Facts ?? [];

    /// <summary>Grows with bad rows, then with what is late, then with rows that need attention, then with rows that are not known.</summary>
    public (int Bad, int Overdue, int Attention, int Unknown) Badness { get; } =
        (Count(Rows, EvidenceState.Bad), Rows.Sum(row => row.Overdue), Count(Rows, EvidenceState.Attention), Count(Rows, EvidenceState.Unknown));

    private static int Count(IReadOnlyList<BoardRow> rows, EvidenceState state) => rows.Count(row => row.State == state);
}

/// <summary>The board of responsibilities: the fifteen rows as they stand at the customers that somebody may see.</summary>
public sealed class Board(DeskwardContext db, BoardEvidence evidence, IEnumerable<RowWork> works)
{
    /// <summary>The boards of those of <paramref name="customers"/> that the person may see, in that order; facts whose duty the person cannot read are left out.</summary>
    public async Task<IReadOnlyList<CustomerBoard>> OfAsync(CurrentPerson me, IEnumerable<Guid> customers, CancellationToken cancellationToken)
    {
        var open = customers.Where(customer => Sees(me, RowWork.Board, customer)).ToArray();
        return [.. (await evidence.OfAsync(open, cancellationToken)).Select(board => Seen(me, board))];
    }

    /// <summary>Duties of a customer that are in other hands or will be, as the customer agreed.</summary>
    public async Task<IReadOnlyList<Delegation>> DelegationsAsync(Guid customer, DateOnly today, CancellationToken cancellationToken) => await db.Set<Delegation>().AsNoTracking()
        .Where(row => row.TenantId == customer && row.AgreedAt != null && (row.Until == null || row.Until > today)).OrderBy(row => row.From).ToListAsync(cancellationToken);

    /// <summary>Where the work of a row is; null when there is no page for it, or none that the person may read.</summary>
    public string? WorkOf(CurrentPerson me, string row, Guid customer) => works.FirstOrDefault(work => work.Row == row) is { } work && Sees(me, work.Duty, customer) ? work.For(customer) : null;

    /// <summary>Where a fact leads; null when it leads nowhere that the person may read.</summary>
    public static string? PathOf(CurrentPerson me, EvidenceFact fact, Guid customer) => fact.Path is { } path && Sees(me, fact.PathDuty, customer) ? path : null;

    /// <summary>Most readers see all, and so the board as it is kept.</summary>
    private static CustomerBoard Seen(CurrentPerson me, CustomerBoard board) => board.Duties.All(duty => Sees(me, duty, board.Customer)) ? board
        : new CustomerBoard(board.Customer, board.CountedAt, [.. board.Rows.Select(row => new BoardRow(row.Row, [.. row.Facts.Where(fact => Sees(me, fact.Duty, board.Customer))]))]);

    private static bool Sees(CurrentPerson me, string duty, Guid customer) => me.Level(duty, DutyAction.Read, customer) != AccessLevel.None;
}
