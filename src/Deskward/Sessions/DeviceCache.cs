using System.Buffers.Binary;
using System.Collections.Concurrent;
using Deskward.Platform;

namespace Deskward.Sessions;

/// <summary>
/// Snapshots by certificate, kept on this node until a row they were taken from changes: each holds a stamp per device, certificate, set and
/// organisation, and a change breaks stamps instead of searching snapshots. While the change feed is not connected, nothing here is believed.
/// </summary>
internal sealed class DeviceCache : IDisposable
{
    private const int MostSnapshots = 150_000;
    private readonly ConcurrentDictionary<CertificateHash, DeviceSnapshot> _snapshots = new();
    private readonly ConcurrentDictionary<Guid, Stamp> _stamps = new();
    private readonly DeviceLookup _lookup;
    private readonly ChangeFeed _feed;
    private long _heard;

    public DeviceCache(DeviceLookup lookup, ChangeFeed feed)
    {
        (_lookup, _feed) = (lookup, feed);
        feed.Changed += Break;
        feed.Lost += Clear;
    }

    /// <summary>Whether snapshots are kept; off for measuring what one look-up per message costs.</summary>
    internal bool IsEnabled { get; set; } = true;

    public void Dispose()
    {
        _feed.Changed -= Break;
        _feed.Lost -= Clear;
    }

    /// <summary>The PC of a certificate; null when we issued none such.</summary>
    internal ValueTask<DeviceSnapshot?> FindAsync(byte[] certificateHash, CancellationToken cancellationToken) =>
        IsEnabled && _feed.IsConnected && _snapshots.TryGetValue(new CertificateHash(certificateHash), out var found) && found.IsValid
            ? ValueTask.FromResult<DeviceSnapshot?>(found)
            : new ValueTask<DeviceSnapshot?>(LoadAsync(certificateHash, cancellationToken));

    /// <summary>
    /// Forgets a PC after this node has changed what is known of it. While its session goes on, it stays as a busy one: that says who the PC is and nothing
    /// else, and the exchange loads it anew with every message.
    /// </summary>
    internal void Forget(byte[] certificateHash, bool goesOn)
    {
        var key = new CertificateHash(certificateHash);
        if (!goesOn)
        {
            _snapshots.TryRemove(key, out _);
        }
        else if (_snapshots.TryGetValue(key, out var known) && !known.IsBusy)
        {
            _snapshots[key] = known with { IsBusy = true };
        }
    }

    // Stamps are taken before the row is read; which stamps, only the row tells. So it is read again, under the stamps it asks for, unless nothing at all
    // was heard meanwhile. Not so that of a busy PC: it says who the PC is and nothing else, and the exchange that follows looks at all that may have
    // changed.
    private async Task<DeviceSnapshot?> LoadAsync(byte[] certificateHash, CancellationToken cancellationToken)
    {
        var heard = Volatile.Read(ref _heard);
        var found = await _lookup.FindAsync(certificateHash, cancellationToken);
        if (found is null || !IsEnabled || !_feed.IsConnected)
        {
            return found;
        }

        var stamps = StampsOf(found);
        var again = found.IsBusy || heard == Volatile.Read(ref _heard) ? found : await _lookup.FindAsync(certificateHash, cancellationToken);
        if (again is null || again.AssignmentSetId != found.AssignmentSetId)
        {
            return again;
        }

        if (_snapshots.Count >= MostSnapshots)
        {
            Clear();
        }

        again.Stamps = stamps;
        _snapshots[new CertificateHash(certificateHash)] = again;
        return again;
    }

    private Stamp[] StampsOf(DeviceSnapshot snapshot)
    {
        ReadOnlySpan<Guid> ids = [snapshot.TenantId, snapshot.DeviceId, snapshot.CertificateId, snapshot.AssignmentSetId ?? snapshot.TenantId];
        var stamps = new Stamp[ids.Length];
        for (var index = 0; index < ids.Length; index++)
        {
            stamps[index] = _stamps.GetOrAdd(ids[index], static _ => new Stamp());
        }

        return stamps;
    }

    private void Break(Change change)
    {
        Interlocked.Increment(ref _heard);
        if (_stamps.TryRemove(change.Id == Guid.Empty ? change.Tenant : change.Id, out var stamp))
        {
            stamp.IsBroken = true;
        }
    }

    private void Clear()
    {
        Interlocked.Increment(ref _heard);
        foreach (var stamp in _stamps.Values)
        {
            stamp.IsBroken = true;
        }

        _stamps.Clear();
        _snapshots.Clear();
    }
}

/// <summary>A SHA-256 as a key that costs no allocation.</summary>
internal readonly record struct CertificateHash
{
    private readonly UInt128 _left;
    private readonly UInt128 _right;

    internal CertificateHash(ReadOnlySpan<byte> hash)
    {
        _left = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        _right = BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]);
    }
}
