namespace Deskward.Audit;

/// <summary>What verifying stands on, beside the chain itself.</summary>
/// <param name="Given">Checkpoints that somebody kept elsewhere.</param>
/// <param name="Pinned">Ids of the only keys whose signatures count, in lower-case hexadecimal; empty: those that the source names.</param>
internal sealed record Trust(IReadOnlyList<CheckpointFile> Given, IReadOnlyCollection<string> Pinned)
{
    internal static readonly Trust Nothing = new([], []);
}

/// <summary>
/// Verifies a chain in one pass: places without a hole, digests of the contents, hashes from link to link, signatures of the checkpoints, and the checkpoints
/// that were given. What the first flaw is, <see cref="Diagnosis"/> finds out in a second pass.
/// </summary>
internal sealed class ChainVerifier
{
    private readonly IChainSource _source;
    private readonly Trust _trust;
    private readonly ChainFormat _format;
    private readonly Dictionary<string, PublicKey> _keys;
    private readonly ErasureRows _erasures = new();
    private readonly List<ChainRow> _restores = [];
    private readonly HashSet<CheckpointFile> _reached = [];
    private Flaw? _flaw;
    private ChainRow? _last;
    private SignedCheckpoint? _checkpoint;
    private long _expected = 1;
    private byte[] _previous = ChainFormat.Beginning;
    private long _waiting;

    private ChainVerifier(IChainSource source, Trust trust)
    {
        (_source, _trust, _format) = (source, trust, new ChainFormat(source.Tenant));
        _keys = source.Keys.Where(key => trust.Pinned.Count == 0 || trust.Pinned.Contains(Convert.ToHexStringLower(key.Id))).ToDictionary(key => Convert.ToHexStringLower(key.Id));
    }

    internal static async Task<Verdict> VerifyAsync(IChainSource source, Trust trust, CancellationToken cancellationToken)
    {
        var verifier = new ChainVerifier(source, trust);
        await verifier.ReadAsync(cancellationToken);
        var flaw = await verifier.FirstFlawAsync(cancellationToken);
        return new Verdict
        {
            Flaw = flaw, Rows = verifier._expected - 1, Erased = verifier._erasures.Erased, Unchained = verifier._waiting, UpTo = verifier._last?.At,
            Checkpoint = verifier._checkpoint, Unsigned = verifier._expected - 1 - (verifier._checkpoint?.Sequence ?? 0),
        };
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in _source.ReadAsync(cancellationToken))
            {
                _flaw ??= Look(item);
                if (item is ChainRow row)
                {
                    _erasures.Read(row.Action, row.After);
                }
            }
        }
        catch (BrokenLineException broken)
        {
            _flaw ??= new Flaw(broken.IsEnd ? FlawKind.Cut : FlawKind.Changed, _expected, null, null, broken.Message);
        }
    }

    private Flaw? Look(ChainItem item) => item switch
    {
        ChainRow row => LookAtRow(row),
        SignedCheckpoint checkpoint => LookAtCheckpoint(checkpoint),
        WaitingRow waiting => LookAtWaiting(waiting),
        StrayRow stray => new Flaw(FlawKind.Added, null, stray.Id, stray.At, "The entry has no place in the chain and does not wait for one."),
        _ => throw new InvalidOperationException("An item of a chain that nobody verifies."),
    };

    private Flaw? LookAtRow(ChainRow row)
    {
        if (row.Sequence != _expected)
        {
            return Flaw.Of(row.Sequence < _expected ? FlawKind.Reordered : FlawKind.Missing, row, "") with { Sequence = Math.Min(_expected, row.Sequence) };
        }

        if (!row.IsPresent)
        {
            return Flaw.Of(FlawKind.Missing, row, "The chain names the entry, and the entry is gone.");
        }

        if (row.Salt is null)
        {
            _erasures.AddBlanked(row);
        }
        else if (!_format.Digest(row).AsSpan().SequenceEqual(row.Digest))
        {
            return Flaw.Of(FlawKind.Changed, row, Diagnosis.Content);
        }

        if (!_format.Hash(_previous, row.Sequence, row, row.Digest).AsSpan().SequenceEqual(row.Hash))
        {
            return Flaw.Of(FlawKind.Changed, row, Diagnosis.Link);
        }

        (_previous, _last, _expected) = (row.Hash, row, _expected + 1);
        if (row.Action == ChainFormat.RestoreAction)
        {
            _restores.Add(row);
        }

        return LookAtGiven(row);
    }

    /// <summary>Checkpoints that were kept elsewhere and name this row.</summary>
    private Flaw? LookAtGiven(ChainRow row)
    {
        foreach (var given in _trust.Given.Where(file => file.Checkpoint.Sequence == row.Sequence))
        {
            _reached.Add(given);
            if (!given.Checkpoint.Hash.AsSpan().SequenceEqual(row.Hash))
            {
                return CutBy(given) ?? Flaw.Of(FlawKind.Changed, row, $"It is not the row that the checkpoint of {Times.Text(given.Checkpoint.At)} attests: it, or a row before it, was written anew.");
            }
        }

        return null;
    }

    private Flaw? LookAtCheckpoint(SignedCheckpoint checkpoint)
    {
        if (!_keys.TryGetValue(Convert.ToHexStringLower(checkpoint.KeyId), out var key) || !key.Signed(_format, checkpoint))
        {
            return Unproven(checkpoint, "The checkpoint's signature is not right, or not by a key that counts here.");
        }

        if (checkpoint.Sequence != _expected - 1)
        {
            return checkpoint.Sequence >= _expected
                ? new Flaw(FlawKind.Cut, _expected, null, null, $"The chain ends at row {_expected - 1}; the checkpoint of {Times.Text(checkpoint.At)} attests row {checkpoint.Sequence}.")
                : Unproven(checkpoint, "The checkpoint does not stand behind the row that it names.");
        }

        if (!checkpoint.Hash.AsSpan().SequenceEqual(_previous))
        {
            return Flaw.Of(FlawKind.Changed, _last!, $"It is not the row that the checkpoint of {Times.Text(checkpoint.At)} attests: it, or a row before it, was written anew.");
        }

        _checkpoint = checkpoint;
        return null;
    }

    private Flaw? LookAtWaiting(WaitingRow waiting)
    {
        _waiting++;
        _erasures.Read(waiting.Action, waiting.After);
        return waiting.At is null ? new Flaw(FlawKind.Missing, null, waiting.Id, null, "The entry waits for its place, and is gone.") : null;
    }

    private static Flaw Unproven(SignedCheckpoint checkpoint, string why) => new(FlawKind.Unproven, checkpoint.Sequence, null, checkpoint.At, why);

    /// <summary>The first by place of what the pass found, what was blanked without an erasure row, and what given checkpoints attest beyond the end.</summary>
    private async Task<Flaw?> FirstFlawAsync(CancellationToken cancellationToken)
    {
        var flaw = _flaw is null ? null : await new Diagnosis(_source, _format).OfAsync(_flaw, cancellationToken);
        flaw ??= _trust.Given.Where(given => !_reached.Contains(given)).Select(given => CutBy(given)
            ?? new Flaw(FlawKind.Cut, _expected, null, null, $"The chain ends at row {_expected - 1}; the checkpoint of {Times.Text(given.Checkpoint.At)} attests row {given.Checkpoint.Sequence}.")).FirstOrDefault();
        flaw ??= _trust.Pinned.Count > 0 && _checkpoint is null ? new Flaw(FlawKind.Unproven, null, null, null, "Nothing is signed by the key that you trust.") : null;
        return _erasures.FirstUnnamed is { } blanked && (flaw?.Sequence ?? long.MaxValue) >= blanked.Sequence
            ? Flaw.Of(FlawKind.Changed, blanked, "Its content was taken away, and no erasure row says so.") : flaw;
    }

    /// <summary>A restore after the checkpoint was made, at a place that it covers: there the chain went on without the rows that it attests.</summary>
    private Flaw? CutBy(CheckpointFile given) => _restores.Find(row => row.At > given.Checkpoint.At && row.Sequence <= given.Checkpoint.Sequence) is { } restore
        ? Flaw.Of(FlawKind.Cut, restore, $"Here the database was restored from a backup; the rows that the checkpoint of {Times.Text(given.Checkpoint.At)} attests up to {given.Checkpoint.Sequence} are gone from this place on.")
        : null;
}
