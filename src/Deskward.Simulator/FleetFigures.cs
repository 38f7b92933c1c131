namespace Deskward.Simulator;

/// <summary>What a fleet has measured so far. Safe to read while it runs.</summary>
public sealed class FleetFigures
{
    private const double Step = 1.1;
    private static readonly TimeSpan s_smallest = TimeSpan.FromMicroseconds(50);

    // Bucket n holds waits up to 50 us * 1.1^n: 10 % exact, from 50 us to 24 hours.
    private readonly long[] _buckets = new long[230];
    private long _enrolled, _notEnrolled, _sessions, _failed, _messages, _commands, _violations, _retries, _sent, _received, _longest;

    public long Enrolled => Interlocked.Read(ref _enrolled);

    public long EnrolmentErrors => Interlocked.Read(ref _notEnrolled);

    public long Sessions => Interlocked.Read(ref _sessions);

    /// <summary>Sessions that did not run to their end.</summary>
    public long SessionErrors => Interlocked.Read(ref _failed);

    public long Messages => Interlocked.Read(ref _messages);

    public long Commands => Interlocked.Read(ref _commands);

    public long Violations => Interlocked.Read(ref _violations);

    public long Retries => Interlocked.Read(ref _retries);

    public long BytesSent => Interlocked.Read(ref _sent);

    public long BytesReceived => Interlocked.Read(ref _received);

    /// <summary>The longest wait for an answer.</summary>
    public TimeSpan LongestWait => TimeSpan.FromTicks(Interlocked.Read(ref _longest));

    /// <summary>The wait for an answer that this share of all messages did not exceed; zero when there was none.</summary>
    /// <param name="share">0.5 is the median, 0.99 the 99th percentile.</param>
    public TimeSpan Wait(double share)
    {
        var counts = _buckets.Select((_, i) => Interlocked.Read(ref _buckets[i])).ToArray();
        var wanted = (long)Math.Ceiling(counts.Sum() * share);
        var seen = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= wanted && seen > 0)
            {
                return s_smallest * Math.Pow(Step, i);
            }
        }
        return TimeSpan.Zero;
    }

    public override string ToString() =>
        $"{Sessions} sessions ({SessionErrors} failed), {Messages} messages, {Commands} commands, {Violations} violations, "
        + $"wait p50 {Wait(0.5).TotalMilliseconds:F1} ms, p99 {Wait(0.99).TotalMilliseconds:F1} ms, longest {LongestWait.TotalMilliseconds:F1} ms";

    internal void Add(EnrolReport report)
    {
        Interlocked.Increment(ref report.Succeeded ? ref _enrolled : ref _notEnrolled);
        Interlocked.Add(ref _violations, report.Violations.Count);
    }

    internal void Add(SyncReport report)
    {
        Interlocked.Increment(ref _sessions);
        Interlocked.Add(ref _failed, report.Outcome is SyncOutcome.Completed or SyncOutcome.Unenrolled ? 0 : 1);
        Interlocked.Add(ref _messages, report.Messages);
        Interlocked.Add(ref _commands, report.Commands);
        Interlocked.Add(ref _violations, report.Violations.Count);
        Interlocked.Add(ref _retries, report.Retries);
        Interlocked.Add(ref _sent, report.BytesSent);
        Interlocked.Add(ref _received, report.BytesReceived);
        foreach (var wait in report.Waits)
        {
            Add(wait);
        }
    }

    private void Add(TimeSpan wait)
    {
        var bucket = wait <= s_smallest ? 0 : (int)Math.Ceiling(Math.Log(wait / s_smallest, Step));
        Interlocked.Increment(ref _buckets[Math.Min(bucket, _buckets.Length - 1)]);
        for (var longest = Interlocked.Read(ref _longest); wait.Ticks > longest; longest = Interlocked.Read(ref _longest))
        {
            Interlocked.CompareExchange(ref _longest, wait.Ticks, longest);
        }
    }
}
