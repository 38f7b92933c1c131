using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Platform.Guessing;

/// <summary>
/// Slows guessing at passwords, enrolment codes and digests, per address (or name) and source together: nobody elsewhere can lock a person or a PC
/// out by guessing at their name. A source that tries the passwords of many addresses is slowed as a whole. Counted in the database, so that a
/// guesser gains nothing by going from node to node; in a transaction of its own, which no refusal rolls back.
/// </summary>
internal sealed class GuessLimiter(IServiceScopeFactory scopes, ServiceKey key, TimeProvider time)
{
    /// <summary>Wrong guesses of one source at one address that cost no wait.</summary>
    internal const int FreeGuesses = 5;

    /// <summary>Wrong passwords of one source, whatever the address, that cost no wait: a whole office may stand behind one.</summary>
    internal const int FreeOfSource = 50;

    private const string Purpose = "guesses";

    /// <summary>How long this source must wait before its next attempt at this address; null: it need not. Counts nothing.</summary>
    internal async Task<TimeSpan?> MustWaitAsync(GuessAt at, string address, IPAddress? source, CancellationToken cancellationToken)
    {
        var (own, whole) = (Own(at, address, source), Whole(at, source));
        await using var scope = scopes.CreateAsyncScope();
        var rows = await Rows(scope).AsNoTracking().Where(row => row.Pair == own || row.Pair == whole).ToListAsync(cancellationToken);
        var now = time.Now();
        return rows.Max(row => row.Until(row.Pair.AsSpan().SequenceEqual(own) ? FreeGuesses : FreeOfSource, now)) - now;
    }

    /// <summary>Counts a wrong guess.</summary>
    internal async Task FailedAsync(GuessAt at, string address, IPAddress? source, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        await CountAsync(db, Own(at, address, source), cancellationToken);
        if (Whole(at, source) is { } whole)
        {
            await CountAsync(db, whole, cancellationToken);
        }
    }

    /// <summary>Forgets the wrong guesses at this address, because this one was right; what the source did elsewhere still counts.</summary>
    internal async Task SucceededAsync(GuessAt at, string address, IPAddress? source, CancellationToken cancellationToken)
    {
        var own = Own(at, address, source);
        await using var scope = scopes.CreateAsyncScope();
        if (await Rows(scope).AnyAsync(row => row.Pair == own, cancellationToken))
        {
            await Rows(scope).Where(row => row.Pair == own).ExecuteDeleteAsync(cancellationToken);
        }
    }

    // One statement, so that nodes that count the same pair at once lose none.
    private Task<int> CountAsync(DeskwardContext db, byte[] pair, CancellationToken cancellationToken)
    {
        var (now, forgotten) = (db.Stored(time.Now()), db.Stored(time.Now() - Guess.Forgotten));
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO platform_guesses (pair, failures, last_at) VALUES ({pair}, 1, {now})
            ON CONFLICT (pair) DO UPDATE SET last_at = excluded.last_at,
                failures = CASE WHEN platform_guesses.last_at <= {forgotten} THEN 1 ELSE platform_guesses.failures + 1 END
            """,
            cancellationToken);
    }

    private byte[] Own(GuessAt at, string address, IPAddress? source) => Hash($"{at}:{address}", source);

    /// <summary>Codes and digests are long and random, so it is enough to slow each address; what people choose as a password is not.</summary>
    private byte[]? Whole(GuessAt at, IPAddress? source) => at == GuessAt.Password ? Hash($"{at}", source) : null;

    /// <summary>One site of IPv6 has 2^64 addresses, so only its network counts.</summary>
    private byte[] Hash(string what, IPAddress? source)
    {
        var bytes = source is null ? [] : source.IsIPv4MappedToIPv6 ? source.MapToIPv4().GetAddressBytes() : source.GetAddressBytes();
        var network = source is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } ? bytes[..8] : bytes;
        return key.Hash([(byte)network.Length, .. network, .. Encoding.UTF8.GetBytes(what)], Purpose);
    }

    private static DbSet<Guess> Rows(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<DeskwardContext>().Set<Guess>();
}
