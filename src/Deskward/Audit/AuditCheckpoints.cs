using System.Security.Cryptography;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Audit;

/// <summary>Signs what a chain holds, hourly and at each export, and yields what is given away of it.</summary>
public sealed class AuditCheckpoints
{
    private readonly IServiceScopeFactory _scopes;
    private readonly SigningKeys _keys;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    internal AuditCheckpoints(IServiceScopeFactory scopes, SigningKeys keys, TimeProvider time, ILogger<AuditCheckpoints> log) => (_scopes, _keys, _time, _log) = (scopes, keys, time, log);

    /// <summary>
    /// The newest checkpoint of an organisation as a small text file, to be kept where the service cannot reach it: later it shows whether anything before it was
    /// cut or changed (<c>audit verify --checkpoint FILE</c>). What is chained and not yet signed is signed first.
    /// </summary>
    /// <param name="tenant">The organisation.</param>
    /// <param name="name">The organisation's name as people write it; it is shown in the file, and not signed.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The text; null while the chain is empty or no longer holds what was signed before.</returns>
    public async Task<string?> FileAsync(Guid tenant, string name, CancellationToken cancellationToken)
    {
        await SignAsync(tenant, olderThan: TimeSpan.Zero, cancellationToken);
        await using var scope = Open(tenant);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        if (await LastAsync(db, tenant, cancellationToken) is not { } last || !await IsHeldAsync(db, last, cancellationToken))
        {
            return null;
        }

        var key = await db.Set<AuditKey>().AsNoTracking().SingleAsync(row => row.TenantId == tenant && row.Id == last.KeyId, cancellationToken);
        return new CheckpointFile(tenant, name, Plain(last), key.PublicKey).Write();
    }

    /// <summary>Signs the end of the chain when something is new since the last checkpoint and that is older than <paramref name="olderThan"/>, or there is none.</summary>
    /// <returns>Whether it signed.</returns>
    internal async Task<bool> SignAsync(Guid tenant, TimeSpan olderThan, CancellationToken cancellationToken)
    {
        await using var scope = Open(tenant);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var last = await LastAsync(db, tenant, cancellationToken);
        if (last is not null && _time.Now() - last.At < olderThan)
        {
            return false;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync(Sealer.LockName(tenant), cancellationToken);
        var (head, newest) = (await ChainHead.ReadAsync(db, tenant, cancellationToken), await LastAsync(db, tenant, cancellationToken));
        if (head.Sequence == 0 || newest?.Sequence == head.Sequence || (newest is not null && _time.Now() - newest.At < olderThan)
            || (newest is not null && !await IsHeldAsync(db, newest, cancellationToken)))
        {
            return false;
        }

        await AddAsync(db, tenant, head, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Signs this place of the chain, whether or not it was signed before.</summary>
    internal async Task<SignedCheckpoint> SignAtAsync(Guid tenant, ChainHead place, CancellationToken cancellationToken)
    {
        await using var scope = Open(tenant);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync(Sealer.LockName(tenant), cancellationToken);
        var made = await AddAsync(db, tenant, place, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Plain(made);
    }

    internal static SignedCheckpoint Plain(AuditCheckpoint row) => new(row.Sequence, row.Hash, row.At, row.KeyId, row.Signature);

    private static Task<AuditCheckpoint?> LastAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken) => db.Set<AuditCheckpoint>().AsNoTracking()
        .Where(row => row.TenantId == tenant).OrderByDescending(row => row.Sequence).ThenByDescending(row => row.At).FirstOrDefaultAsync(cancellationToken);

    private async Task<AuditCheckpoint> AddAsync(DeskwardContext db, Guid tenant, ChainHead place, CancellationToken cancellationToken)
    {
        var (row, key) = await _keys.ForAsync(db, tenant, cancellationToken);
        using (key)
        {
            var at = _time.Now();
            var statement = new ChainFormat(tenant).Statement(place.Sequence, place.Hash, at, row.Id);
            var signature = key.SignData(statement, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            var made = new AuditCheckpoint { TenantId = tenant, Sequence = place.Sequence, Hash = place.Hash, At = at, KeyId = row.Id, Signature = signature };
            db.Add(made);
            await db.SaveChangesAsync(cancellationToken);
            return made;
        }
    }

    /// <summary>A chain that was rewritten before the last checkpoint must not be signed anew, as if it were true.</summary>
    private async Task<bool> IsHeldAsync(DeskwardContext db, AuditCheckpoint last, CancellationToken cancellationToken)
    {
        var hash = await db.Set<AuditLink>().Where(row => row.TenantId == last.TenantId && row.Sequence == last.Sequence).Select(row => row.Hash).SingleOrDefaultAsync(cancellationToken);
        if (hash?.AsSpan().SequenceEqual(last.Hash) == true)
        {
            return true;
        }

        SealingLog.ChainRewritten(_log, last.TenantId, last.Sequence);
        return false;
    }

    private AsyncServiceScope Open(Guid tenant)
    {
        var scope = _scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenant);
        return scope;
    }
}
