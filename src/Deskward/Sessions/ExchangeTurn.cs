using System.Data;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Deskward.Sessions;

/// <summary>
/// The turn of one message of a PC: no other message of that PC is answered meanwhile, on any node. On PostgreSQL it is a transaction with a lock. On
/// SQLite, which lets one write at a time, the file is held for the writing alone, and the rows' versions tell whether they are still as they were read.
/// </summary>
internal sealed class ExchangeTurn(DeskwardContext db, TenantScope scope, FileTurns turns) : IAsyncDisposable
{
    private IDbContextTransaction? _transaction;
    private IDisposable? _pc;
    private bool _wasOpen;
    private bool _isSaving;

    /// <summary>Nothing was saved yet, and a connection that there was is none any more: the turn's own, or one on which something was read that the node keeps of all PCs.</summary>
    internal bool WasCutBy(Exception exception) => !_isSaving && ((_wasOpen && db.Database.GetDbConnection().State is not ConnectionState.Open)
        || exception.GetBaseException() is IOException or PostgresException { SqlState: PostgresErrorCodes.AdminShutdown });

    /// <summary>The answer is saved.</summary>
    internal bool HasCommitted { get; private set; }

    /// <summary>Opens the PC's organisation.</summary>
    internal void Open(Guid tenant)
    {
        scope.Open(tenant);
        db.KeepsStatements = true;
        db.Database.AutoSavepointsEnabled = false; // What fails takes the whole answer with it.
    }

    /// <summary>Waits for the turn; on PostgreSQL that happens in one message with the first query, which is about to come. The connection stays open after the turn, and the organisation is open to it for this transaction alone.</summary>
    internal async Task BeginAsync(Guid device, CancellationToken cancellationToken)
    {
        if (db.IsSqlite)
        {
            _pc = await turns.OfPcAsync(device, cancellationToken);
            if (!_wasOpen)
            {
                await db.Database.OpenConnectionAsync(cancellationToken);
                _wasOpen = true;
            }

            return;
        }

        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        if (connection.State != ConnectionState.Open)
        {
            await connection.OpenAsync(cancellationToken);
            _wasOpen = true;
        }

        _transaction = await db.Database.UseTransactionAsync(await connection.BeginTransactionAsync(cancellationToken), cancellationToken);
        var key = DeviceTurn.KeyOf(device);
        db.Ahead.Add(TenantOnConnection.Statement(scope));
        await db.AheadAsync($"SELECT pg_advisory_xact_lock({key})", cancellationToken);
    }

    /// <summary>Saves and commits; from the commit on nothing is cancelled.</summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else has changed one of the rows since they were read; nothing was saved.</exception>
    internal async Task CommitAsync(CancellationToken cancellationToken)
    {
        _isSaving = true;
        using var writing = db.IsSqlite ? await turns.ToWriteAsync(cancellationToken) : null;
        _transaction ??= await db.Database.BeginTransactionAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await _transaction.CommitAsync(CancellationToken.None);
        HasCommitted = true;
    }

    /// <summary>Gives the turn back; what was not committed is undone, nothing of the PC stays loaded, and its organisation is closed.</summary>
    internal async ValueTask EndAsync()
    {
        db.ChangeTracker.Clear();
        await DisposeAsync();
        scope.Open([]);
        db.Ahead.Clear();
        (_isSaving, HasCommitted) = (false, false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_transaction is { } transaction)
        {
            _transaction = null;
            await using var rest = transaction.GetDbTransaction(); // One that was begun outside the context is not the context's to end.
            await transaction.DisposeAsync();
        }

        _pc?.Dispose();
        _pc = null;
    }
}

/// <summary>
/// What PostgreSQL's locks do, done in the one process that an SQLite file has: the messages of a PC come one after the other, and so do those who
/// write, so that nobody holds the file while it reads and thinks.
/// </summary>
internal sealed class FileTurns : IDisposable
{
    private readonly SemaphoreSlim[] _pcs = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];
    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>Waits until no other message of this PC is being answered; disposing gives the turn back.</summary>
    internal Task<IDisposable> OfPcAsync(Guid device, CancellationToken cancellationToken) => EnterAsync(_pcs[(uint)device.GetHashCode() % _pcs.Length], cancellationToken);

    /// <summary>Waits until nobody else writes an answer.</summary>
    internal Task<IDisposable> ToWriteAsync(CancellationToken cancellationToken) => EnterAsync(_writing, cancellationToken);

    public void Dispose()
    {
        _writing.Dispose();
        Array.ForEach(_pcs, pc => pc.Dispose());
    }

    private static async Task<IDisposable> EnterAsync(SemaphoreSlim turn, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    private sealed class Turn(SemaphoreSlim semaphore) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
            {
                semaphore.Release();
            }
        }
    }
}
