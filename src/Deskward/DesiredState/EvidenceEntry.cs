namespace Deskward.DesiredState;

/// <summary>What is known of one node on one PC, as far as we touched or read it.</summary>
public enum Standing : byte
{
    /// <summary>Nothing of ours is there; an entry exists because the value before our first change was read.</summary>
    Untouched,

    /// <summary>Sent; whether the PC took it is not known.</summary>
    Sent,

    /// <summary>The PC acknowledged it.</summary>
    Acknowledged,

    /// <summary>The PC acknowledged it and showed it.</summary>
    Verified,

    /// <summary>The PC said 404, 405 or 406: nothing of ours is there.</summary>
    NotApplicable,

    /// <summary>The PC said 202; looked at again when due.</summary>
    Pending,

    /// <summary>Refused; tried again when due, or given up.</summary>
    Failed,

    /// <summary>Found changed when it was read; to be repaired.</summary>
    Differs,

    /// <summary>No longer wanted, and nothing can undo it.</summary>
    LeftBehind,
}

/// <summary>The evidence for one setting.</summary>
public sealed class EvidenceEntry(string path)
{
    /// <summary>How many times a value is written in one session before the session gives up on it.</summary>
    internal const int MostTries = 3;

    /// <summary>How long after a repair of what was found changed the next one comes at the earliest.</summary>
    internal static readonly TimeSpan RepairEvery = TimeSpan.FromDays(1);

    /// <summary>Waiting times before the second, third and fourth attempt; after that it is given up.</summary>
    private static readonly TimeSpan[] Backoff = [TimeSpan.FromHours(1), TimeSpan.FromHours(4), TimeSpan.FromHours(24)];

    internal string Path { get; } = path;

    internal Standing Standing { get; set; }

    /// <summary>Hash of the value that was sent last; see <see cref="PlannerSetting.ValueHash"/>.</summary>
    internal ulong Value { get; set; }

    /// <summary>Since when it stands like this.</summary>
    internal DateTimeOffset At { get; set; }

    /// <summary>When the PC last showed its value; null: never.</summary>
    internal DateTimeOffset? ReadAt { get; set; }

    /// <summary>Refused attempts since the value was chosen.</summary>
    internal int Attempts { get; set; }

    /// <summary>When it is tried again; null: not by itself.</summary>
    internal DateTimeOffset? RetryAt { get; set; }

    /// <summary>The SyncML status behind <see cref="Standing"/>; 0 when another cause stands in <see cref="Detail"/>.</summary>
    internal int Status { get; set; }

    /// <summary>What the PC added (an HRESULT), or what it showed instead; null when nothing.</summary>
    internal string? Detail { get; set; }

    /// <summary>Whether the node is known to be on the PC: decides between Add and Replace of a dynamic node.</summary>
    internal bool Exists { get; set; }

    /// <summary>The last command for it took it away, and was not acknowledged yet.</summary>
    internal bool IsLeaving { get; set; }

    /// <summary>The PC refused to delete it.</summary>
    internal bool CannotDelete { get; set; }

    /// <summary>Whether the value before our first change was asked for.</summary>
    internal bool OriginalRead { get; set; }

    /// <summary>That value; null when there was none.</summary>
    internal string? Original { get; set; }

    /// <summary>The value that the PC says is in force in place of the one it shows as written; null: ours, as far as is known.</summary>
    internal string? InForce { get; set; }

    /// <summary>What is in force is to be read, once what was written is shown.</summary>
    internal bool ResultDue { get; set; }

    /// <summary>When it was last written because it was found changed; null: never.</summary>
    internal DateTimeOffset? RepairedAt { get; set; }

    /// <summary>Writes in the present session.</summary>
    internal int Tries { get; set; }

    /// <summary>Sessions in a row that ended without an answer.</summary>
    internal int Lost { get; set; }

    /// <summary>Whether something of ours may be on the PC.</summary>
    internal bool MayHold => Standing is not (Standing.Untouched or Standing.NotApplicable);

    /// <summary>Shown as written, and another authority's value is in force.</summary>
    internal bool IsOverruled => InForce is not null && Standing is (Standing.Acknowledged or Standing.Verified);

    /// <summary>Whether the node is one of those that have a twin under Policy/Result.</summary>
    internal static bool IsPolicy(string path) => path.Contains("/Vendor/MSFT/Policy/Config/", StringComparison.OrdinalIgnoreCase);

    internal void Stand(Standing standing, DateTimeOffset now, int status = 0, string? detail = null)
    {
        (Standing, At, Status, Detail, RetryAt) = (standing, now, status, detail, null);
        if (standing is Standing.Acknowledged or Standing.Verified)
        {
            (Attempts, Lost) = (0, 0);
        }
    }

    /// <summary>Found changed: repaired now, or a day after the last repair. Another authority that writes too is not fought more often.</summary>
    internal void Drift(DateTimeOffset now, string? detail)
    {
        Stand(Standing.Differs, now, 0, detail);
        RetryAt = RepairedAt + RepairEvery > now ? RepairedAt + RepairEvery : null;
    }

    /// <summary>One more refused attempt: again after 1 h, 4 h and 24 h, then never by itself.</summary>
    internal void Fail(DateTimeOffset now, int status, string? detail)
    {
        Stand(Standing.Failed, now, status, detail);
        RetryAt = Attempts < Backoff.Length ? now + Backoff[Attempts] : null;
        RetryAt = RetryAt < RepairedAt + RepairEvery ? RepairedAt + RepairEvery : RetryAt;
        Attempts++;
    }
}
