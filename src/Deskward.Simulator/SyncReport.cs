using System.Globalization;

namespace Deskward.Simulator;

/// <summary>How a session ended.</summary>
public enum SyncOutcome
{
    /// <summary>The service had nothing more to say.</summary>
    Completed,

    /// <summary>Alert 1223, from either side.</summary>
    Aborted,

    /// <summary>The service asked the PC to leave, or the person left: the PC is no longer managed.</summary>
    Unenrolled,

    /// <summary>Credentials were refused (401 in SyncML).</summary>
    Unauthorized,

    /// <summary>HTTP said no: see <see cref="SyncReport.HttpStatus"/>. Still overloaded after all retries counts as well.</summary>
    Refused,

    /// <summary>No connection or no answer, after all retries.</summary>
    Unreachable,

    /// <summary>An answer that is no SyncML.</summary>
    Unreadable,

    /// <summary>The PC is not managed.</summary>
    NotEnrolled,

    /// <summary>The PC sleeps.</summary>
    Asleep,

    /// <summary>A policy forbids the person to leave.</summary>
    NotAllowed,

    /// <summary>The service kept on sending commands beyond any sense.</summary>
    Endless,
}

/// <summary>What happened in a session.</summary>
public sealed record SyncReport
{
    public required SyncOutcome Outcome { get; init; }

    /// <summary>Messages that the PC sent, retries not counted.</summary>
    public int Messages { get; init; }

    /// <summary>Items of commands that the PC carried out or refused.</summary>
    public int Commands => CarriedOut.Count;

    public IReadOnlyList<CarriedOut> CarriedOut { get; init; } = [];

    /// <summary>What the service did that the protocol forbids; empty when it is right.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];

    /// <summary>Status of the last HTTP answer; null when there was none.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>What the last 429 or 503 asked for; null when there was none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Messages that were sent again.</summary>
    public int Retries { get; init; }

    public long BytesSent { get; init; }

    public long BytesReceived { get; init; }

    /// <summary>How long each message waited for its answer.</summary>
    public IReadOnlyList<TimeSpan> Waits { get; init; } = [];

    public TimeSpan Duration { get; init; }

    /// <summary>One sentence on what went wrong; null when nothing did.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the session ran to its end and the service broke no rule.</summary>
    public bool IsClean => Outcome is SyncOutcome.Completed or SyncOutcome.Unenrolled && Violations.Count == 0;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Outcome}: {Messages} messages, {Commands} commands, {Retries} retries, HTTP {HttpStatus}, {Duration.TotalMilliseconds:F0} ms {Reason}")
        + string.Concat(Violations.Select(violation => $"\n- {violation}"));
}

/// <summary>What happened at an enrolment or a renewal.</summary>
public sealed record EnrolReport
{
    public required bool Succeeded { get; init; }

    /// <summary>The error code that Windows would show, e.g. 0x80180002; null on success.</summary>
    public uint? HResult { get; init; }

    /// <summary>What the service or the PC said; null on success.</summary>
    public string? Reason { get; init; }

    public int? HttpStatus { get; init; }

    public IReadOnlyList<Violation> Violations { get; init; } = [];

    public TimeSpan Duration { get; init; }

    public override string ToString() =>
        (Succeeded ? "succeeded" : $"0x{HResult:X8}, HTTP {HttpStatus}: {Reason}") + string.Concat(Violations.Select(violation => $"\n- {violation}"));
}
