namespace Deskward.Responsibilities;

/// <summary>How well something stands, best first; of several, the last counts. What is not known is never good.</summary>
public enum EvidenceState
{
    Good,
    Unknown,
    Attention,
    Bad,
}

/// <summary>One thing that is known, or known to be unknown, of a row at one customer. Figures alone: no name, no address.</summary>
/// <param name="Key">Its text is <c>board.fact.KEY</c>; with one number, told by <c>.one</c> and <c>.other</c>.</param>
/// <param name="State">How well it stands.</param>
public sealed record EvidenceFact(string Key, EvidenceState State)
{
    /// <summary>What fills the places of the text; not looked at when there is an instant.</summary>
    public IReadOnlyList<long> Numbers { get; init; } = [];

    /// <summary>An instant whose age fills the place of the text.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Who is to do something now; null: nobody.</summary>
    public Party? Turn { get; init; }

    /// <summary>The day since which it is late, in the customer's calendar; null: it is not.</summary>
    public DateOnly? OverdueSince { get; init; }

    /// <summary>Where the work is; null: there is nothing to be opened.</summary>
    public string? Path { get; init; }

    /// <summary>The duty of that page.</summary>
    public string PathDuty { get; init; } = RowWork.Board;

    /// <summary>The duty that one must be able to read in order to see this fact at all.</summary>
    public string Duty { get; init; } = RowWork.Board;
}

/// <summary>
/// Tells how one row stands, for many customers in one go: modules that carry the work of a row register one. It is asked in a scope of its own in
/// which those customers are open, again and again, so it must be cheap.
/// </summary>
public interface IRowEvidence
{
    /// <summary>P1 to P6, C1 to C9.</summary>
    string Row { get; }

    /// <summary>The facts of each customer; one that is left out is not known.</summary>
    Task<IReadOnlyDictionary<Guid, IReadOnlyList<EvidenceFact>>> CountAsync(IReadOnlyList<Guid> customers, CancellationToken cancellationToken);
}

/// <summary>Where the work of a row is done: one click from the board. Registered by the module that has the page.</summary>
/// <param name="Row">P1 to P6, C1 to C9.</param>
/// <param name="Path">The page, with {0} where the customer's id belongs.</param>
/// <param name="Duty">The duty of that page: who cannot read it is shown no link.</param>
public sealed record RowWork(string Row, string Path, string Duty)
{
    internal const string Board = "platform.board";

    /// <summary>The page for one customer.</summary>
    public string For(Guid customer) => Path.Replace("{0}", customer.ToString(), StringComparison.Ordinal);
}
