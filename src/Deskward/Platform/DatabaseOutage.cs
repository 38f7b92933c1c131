using System.Diagnostics.Metrics;
using System.Globalization;
using Npgsql;

namespace Deskward.Platform;

/// <summary>
/// Whether PostgreSQL can be reached. An outage is logged when it begins and when it has ended, however many PCs and people meet it; they are answered
/// 503 with Retry-After, and counted. What ends it is the connection that listens for changes: it tries again all the time.
/// </summary>
internal sealed class DatabaseOutage(TimeProvider time, ILogger<DatabaseOutage> log)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(15);
    private static readonly Meter Meter = new("Deskward.Platform");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("deskward.database.refused", description: "Requests answered 503 because the database could not be reached");
    private static readonly string[] Unreachable = ["57P01", "57P02", "57P03", "53300"];
    private static readonly object Marker = new();
    private readonly Lock _lock = new();
    private DateTimeOffset? _since;
    private long _refused;

    /// <summary>Whether the request is being answered 503 over an outage; whatever renders the answer must not ask the database.</summary>
    internal static bool IsMetBy(HttpContext context) => context.Items.ContainsKey(Marker);

    /// <summary>True when <paramref name="exception"/> means that the database cannot be reached; then all is logged that needs to be.</summary>
    internal bool Notice(Exception exception)
    {
        if (!Tells(exception, isKnown: _since is not null))
        {
            return false;
        }

        Begin(exception);
        return true;
    }

    /// <summary>The database cannot be reached, as whoever looks after it found out.</summary>
    internal void Begin(Exception exception)
    {
        lock (_lock)
        {
            if (_since is null)
            {
                (_since, _refused) = (time.GetUtcNow(), 0);
                PlatformLog.DatabaseLost(log, exception.GetBaseException().Message);
            }
        }
    }

    /// <summary>The database has answered.</summary>
    internal void End()
    {
        lock (_lock)
        {
            if (_since is { } since)
            {
                PlatformLog.DatabaseBack(log, time.GetUtcNow() - since, _refused);
                _since = null;
            }
        }
    }

    /// <summary>Answers 503; the body is the caller's.</summary>
    internal void Refuse(HttpContext context)
    {
        lock (_lock)
        {
            _refused++;
        }

        Refused.Add(1);
        context.Items[Marker] = true;
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Two things tell of an outage only while one is known: a time-out, which may be a slow statement, and the driver's complaint over the state
    /// of a connection, which may be a bug.
    /// </summary>
    private static bool Tells(Exception? exception, bool isKnown) => exception switch
    {
        null => false,
        PostgresException answer => Unreachable.Contains(answer.SqlState) || answer.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlOperationInProgressException => false,
        NpgsqlException { InnerException: TimeoutException } => isKnown,
        NpgsqlException => true,
        InvalidOperationException { Source: "Npgsql" } => isKnown,
        _ => Tells(exception.InnerException, isKnown),
    };
}
