using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Deskward.Platform;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Audit;

/// <summary>A chain in the database, read in one snapshot by plain readers: a million rows pass through, and none is kept.</summary>
internal sealed class DatabaseChain : IChainSource
{
    /// <summary>Rows of one query: few enough that the database walks along its indexes and sorts nothing.</summary>
    private const int Slice = 50_000;

    private const int Piece = 1_000;
    private const int PiecesAhead = 4;

    /// <summary>For what must look at every entry of an organisation at once.</summary>
    private const int LongestSeconds = 600;

    private const string WaitingRows = $"""
        SELECT u.entry_id, e.at, e.action, CASE WHEN e.action = 'audit.erase' THEN e.after END
        FROM audit_unchained u LEFT JOIN audit_entries e ON e.id = u.entry_id AND {ChainCommands.OfIt} u.tenant_id WHERE u.tenant_id = $1 ORDER BY u.position, u.entry_id
        """;

    private const string CountEntries = "SELECT count(*) FROM audit_entries WHERE tenant_id = $1";

    private const string StrayRows = """
        SELECT e.id, e.at FROM audit_entries e WHERE e.tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.entry_id = e.id AND l.tenant_id = e.tenant_id)
          AND NOT EXISTS (SELECT 1 FROM audit_unchained u WHERE u.tenant_id = e.tenant_id AND u.entry_id = e.id) ORDER BY e.at, e.id LIMIT 1000
        """;

    private readonly AsyncServiceScope _scope;
    private readonly DeskwardContext _db;
    private List<SignedCheckpoint> _checkpoints = [];

    private DatabaseChain(AsyncServiceScope scope, NamedOrganisation organisation)
    {
        (_scope, Tenant, Name) = (scope, organisation.Id, organisation.Name);
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(organisation.Id);
        _db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
    }

    public Guid Tenant { get; }

    public string Name { get; }

    public IReadOnlyList<PublicKey> Keys { get; private set; } = [];

    /// <summary>The end of the chain in this snapshot.</summary>
    internal ChainHead Head { get; private set; } = new(0, ChainFormat.Beginning);

    internal static async Task<DatabaseChain> OpenAsync(IServiceScopeFactory scopes, NamedOrganisation organisation, CancellationToken cancellationToken)
    {
        var chain = new DatabaseChain(scopes.CreateAsyncScope(), organisation);
        try
        {
            await chain.BeginAsync(cancellationToken);
            return chain;
        }
        catch
        {
            await chain.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether content was erased whose erasure row waits: then the chain up to its end does not tell of it yet.</summary>
    internal Task<bool> HasWaitingErasureAsync(CancellationToken cancellationToken) => _db.Set<UnchainedEntry>()
        .AnyAsync(row => _db.Set<AuditEntry>().Any(entry => entry.Id == row.EntryId && entry.Action == ChainFormat.EraseAction), cancellationToken);

    public async IAsyncEnumerable<ChainItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (entries, next) = (0L, 0);
        await foreach (var row in RowsAsync(cancellationToken))
        {
            entries += row.IsPresent ? 1 : 0;
            yield return row;
            for (; next < _checkpoints.Count && _checkpoints[next].Sequence <= row.Sequence; next++)
            {
                yield return _checkpoints[next];
            }
        }

        foreach (var beyond in _checkpoints.Skip(next))
        {
            yield return beyond;
        }

        await foreach (var waiting in WaitingAsync(cancellationToken))
        {
            entries += waiting.At is null ? 0 : 1;
            yield return waiting;
        }

        await foreach (var stray in StrayAsync(entries, cancellationToken))
        {
            yield return stray;
        }
    }

    public ValueTask DisposeAsync() => _scope.DisposeAsync();

    /// <summary>One snapshot for all that is read: what is erased or chained meanwhile is not seen by halves.</summary>
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        await _db.Database.OpenConnectionAsync(cancellationToken);
        if (_db.Database.GetDbConnection() is SqliteConnection sqlite)
        {
            await _db.Database.UseTransactionAsync(sqlite.BeginTransaction(deferred: true), cancellationToken);
        }
        else
        {
            await _db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        }

        Head = await ChainHead.ReadAsync(_db, Tenant, cancellationToken);
        _checkpoints = [.. (await _db.Set<AuditCheckpoint>().AsNoTracking().Where(row => row.TenantId == Tenant).OrderBy(row => row.Sequence).ThenBy(row => row.At).ToListAsync(cancellationToken))
            .Select(AuditCheckpoints.Plain)];
        var keys = _scope.ServiceProvider.GetRequiredService<SigningKeys>();
        Keys = [.. (await _db.Set<AuditKey>().AsNoTracking().Where(row => row.TenantId == Tenant).OrderBy(row => row.CreatedAt).ToListAsync(cancellationToken))
            .Where(keys.IsOwn).Select(row => new PublicKey(row.Id, row.PublicKey))];
    }

    /// <summary>Reads ahead on a thread of its own: decoding rows and hashing them cost about the same, and SQLite does its work in the reader.</summary>
    private async IAsyncEnumerable<ChainRow> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pieces = Channel.CreateBounded<List<ChainRow>>(PiecesAhead);
        var reading = Task.Run(() => ReadPiecesAsync(pieces.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var piece in pieces.Reader.ReadAllAsync(cancellationToken))
            {
                foreach (var row in piece)
                {
                    yield return row;
                }
            }
        }
        finally
        {
            // Whoever stops early leaves the connection free for the next reading.
            await stop.CancelAsync();
            await reading;
        }
    }

    /// <summary>Never throws: what goes wrong reaches who takes the pieces.</summary>
    private async Task ReadPiecesAsync(ChannelWriter<List<ChainRow>> pieces, CancellationToken cancellationToken)
    {
        try
        {
            for (var (last, found) = (long.MinValue, Slice); found == Slice;) // Also places that cannot be: below the first.
            {
                (last, found) = await ReadSliceAsync(pieces, last, cancellationToken);
            }

            pieces.Complete();
        }
        catch (Exception exception)
        {
            pieces.Complete(exception);
        }
    }

    private async Task<(long Last, int Found)> ReadSliceAsync(ChannelWriter<List<ChainRow>> pieces, long after, CancellationToken cancellationToken)
    {
        var (last, found, piece) = (after, 0, new List<ChainRow>(Piece));
        await using var command = _db.Command(ChainCommands.Rows, Tenant, after, Slice);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            piece.Add(reader.ReadRow(_db.IsSqlite));
            (last, found) = (piece[^1].Sequence, found + 1);
            if (piece.Count == Piece)
            {
                await pieces.WriteAsync(piece, cancellationToken);
                piece = new List<ChainRow>(Piece);
            }
        }

        await pieces.WriteAsync(piece, cancellationToken);
        return (last, found);
    }

    private async IAsyncEnumerable<WaitingRow> WaitingAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = _db.Command(WaitingRows, Tenant);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return reader.IsDBNull(1)
                ? new WaitingRow(reader.GetGuid(0), null, "", null)
                : new WaitingRow(reader.GetGuid(0), reader.ReadInstant(1, _db.IsSqlite), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3));
        }
    }

    /// <summary>Looks for them only when there are more entries than places.</summary>
    private async IAsyncEnumerable<StrayRow> StrayAsync(long placed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var count = _db.Command(CountEntries, Tenant);
        count.CommandTimeout = LongestSeconds;
        if (Convert.ToInt64(await count.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture) == placed)
        {
            yield break;
        }

        await using var command = _db.Command(StrayRows, Tenant);
        command.CommandTimeout = LongestSeconds;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new StrayRow(reader.GetGuid(0), reader.ReadInstant(1, _db.IsSqlite));
        }
    }
}
