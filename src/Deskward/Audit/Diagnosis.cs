namespace Deskward.Audit;

/// <summary>Looks through a chain a second time to tell which kind of flaw it is: a row that is found at another place was moved, not changed or taken away.</summary>
internal sealed class Diagnosis(IChainSource source, ChainFormat format)
{
    internal const string Content = "Its content is not what was chained.";
    internal const string Link = "Its link does not follow from the link before it.";

    internal async Task<Flaw> OfAsync(Flaw flaw, CancellationToken cancellationToken) => flaw switch
    {
        { Kind: FlawKind.Missing, Why: "" } => await HoleAsync(flaw, cancellationToken),
        { Kind: FlawKind.Reordered } => flaw with { Why = "It stands behind rows that were chained after it." },
        { Kind: FlawKind.Changed, Why: Content } => await OfContentAsync(flaw, cancellationToken),
        { Kind: FlawKind.Changed, Why: Link } => await OfLinkAsync(flaw, cancellationToken),
        _ => flaw,
    };

    /// <summary>At the expected place stands a later row: is the expected one further on, or nowhere?</summary>
    private async Task<Flaw> HoleAsync(Flaw flaw, CancellationToken cancellationToken) =>
        await FindAsync((_, row) => row.Sequence == flaw.Sequence, cancellationToken) is { } moved
            ? Flaw.Of(FlawKind.Reordered, moved, "It stands behind rows that were chained after it.")
            : new Flaw(FlawKind.Missing, flaw.Sequence, null, null, $"The row after it is {flaw.Id}, time {Times.Text(flaw.At)}.");

    private async Task<Flaw> OfContentAsync(Flaw flaw, CancellationToken cancellationToken)
    {
        var row = await FindAsync((_, found) => found.Sequence == flaw.Sequence, cancellationToken);
        var digest = row is null ? [] : format.Digest(row);
        return await FindAsync((_, found) => found.Digest.AsSpan().SequenceEqual(digest), cancellationToken) is { } home
            ? flaw with { Kind = FlawKind.Reordered, Why = $"It holds what was chained as row {home.Sequence}." } : flaw;
    }

    /// <summary>Does the link fit at another place? There the link before it stands, or, where neighbours were exchanged, at that place itself.</summary>
    private async Task<Flaw> OfLinkAsync(Flaw flaw, CancellationToken cancellationToken)
    {
        if (await FindAsync((_, found) => found.Sequence == flaw.Sequence, cancellationToken) is not { } row)
        {
            return flaw;
        }

        var home = await FindAsync((before, found) => found.Sequence != row.Sequence && (Fits(row, before, found.Sequence) || Fits(row, found.Hash, found.Sequence)), cancellationToken);
        return home is null ? flaw : flaw with { Kind = FlawKind.Reordered, Why = $"It was chained as row {home.Sequence}." };
    }

    private bool Fits(ChainRow row, byte[] previous, long sequence) => format.Hash(previous, sequence, row, row.Digest).AsSpan().SequenceEqual(row.Hash);

    /// <summary>The first row that is looked for; the test is also given the hash of the row before.</summary>
    private async Task<ChainRow?> FindAsync(Func<byte[], ChainRow, bool> isIt, CancellationToken cancellationToken)
    {
        var before = ChainFormat.Beginning;
        try
        {
            await foreach (var item in source.ReadAsync(cancellationToken))
            {
                if (item is ChainRow row)
                {
                    if (isIt(before, row))
                    {
                        return row;
                    }

                    before = row.Hash;
                }
            }
        }
        catch (BrokenLineException)
        {
            // What cannot be read holds no row.
        }

        return null;
    }
}
