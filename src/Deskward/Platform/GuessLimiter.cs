using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Deskward.Platform;

/// <summary>
/// Slows guessing at enrolment codes and digests, per address (or name) and source together: nobody elsewhere can lock a person or a PC out by
/// guessing at their name. Per node and in memory: a code has 80 random bits, a secret 256, so what matters is that a guesser waits, and not that
/// nodes agree. Of the pairs only the latest are kept, so a stranger cannot fill the memory.
/// </summary>
internal sealed class GuessLimiter(TimeProvider time)
{
    internal const int FreeGuesses = 5;
    private const int MostPairs = 10_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, LinkedListNode<Pair>> _pairs = [];
    private readonly LinkedList<Pair> _byTime = [];

    /// <summary>How many pairs are remembered.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _pairs.Count;
            }
        }
    }

    /// <summary>How long this source must wait before its next attempt at this address; null: it need not.</summary>
    internal TimeSpan? MustWait(string address, IPAddress? source)
    {
        var now = time.Now();
        lock (_lock)
        {
            return _pairs.TryGetValue(Key(address, source), out var node) && node.Value.Until(now) is { } until && until > now ? until - now : null;
        }
    }

    /// <summary>Counts a wrong guess.</summary>
    internal void Failed(string address, IPAddress? source)
    {
        var (now, key) = (time.Now(), Key(address, source));
        lock (_lock)
        {
            var failures = 1;
            if (_pairs.Remove(key, out var node))
            {
                _byTime.Remove(node);
                failures += now - node.Value.LastAt < Forgotten ? node.Value.Failures : 0;
            }

            _pairs[key] = _byTime.AddLast(new Pair(key, failures, now));
            if (_pairs.Count > MostPairs)
            {
                _pairs.Remove(_byTime.First!.Value.Key);
                _byTime.RemoveFirst();
            }
        }
    }

    /// <summary>Forgets the wrong guesses, because this one was right.</summary>
    internal void Succeeded(string address, IPAddress? source)
    {
        lock (_lock)
        {
            if (_pairs.Remove(Key(address, source), out var node))
            {
                _byTime.Remove(node);
            }
        }
    }

    /// <summary>One site of IPv6 has 2^64 addresses, so only its network counts.</summary>
    private static UInt128 Key(string address, IPAddress? source)
    {
        var bytes = source is null ? [] : source.IsIPv4MappedToIPv6 ? source.MapToIPv4().GetAddressBytes() : source.GetAddressBytes();
        var network = source is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } ? bytes[..8] : bytes;
        var hash = SHA256.HashData([.. network, 0, .. Encoding.UTF8.GetBytes(address)]);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private readonly record struct Pair(UInt128 Key, int Failures, DateTimeOffset LastAt)
    {
        /// <summary>After the free guesses 2, 4, 8 ... seconds, up to the longest wait.</summary>
        internal DateTimeOffset? Until(DateTimeOffset now) =>
            Failures < FreeGuesses || now - LastAt > Forgotten ? null
            : LastAt + TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, Math.Min(20, Failures - FreeGuesses + 1))));
    }
}
