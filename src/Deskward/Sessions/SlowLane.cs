using System.Globalization;
using System.Security.Cryptography;
using Deskward.Platform;

namespace Deskward.Sessions;

/// <summary>How many exchanges run and wait on this node; beyond that the PC is told to come later. On SQLite none of them waits for another machine.</summary>
internal sealed class SlowLane(ServiceSettings settings) : IDisposable
{
    private const int MostWaiting = 512;
    private readonly SemaphoreSlim _running = new(MostAtOnce(settings));
    private int _waiting;

    /// <summary>How many run at the same time.</summary>
    internal static int MostAtOnce(ServiceSettings settings) => settings.IsSqlite ? Math.Max(4, Environment.ProcessorCount * 2) : Math.Max(8, Environment.ProcessorCount * 4);

    /// <summary>A turn, given back by disposing; null when too many wait already.</summary>
    internal async ValueTask<IDisposable?> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await _running.WaitAsync(cancellationToken);
            return new Turn(_running);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Seconds to wait, different for each PC so that they do not come back together.</summary>
    internal static string RetryAfter() => RandomNumberGenerator.GetInt32(15, 90).ToString(CultureInfo.InvariantCulture);

    public void Dispose() => _running.Dispose();

    private sealed class Turn(SemaphoreSlim running) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
            {
                running.Release();
            }
        }
    }
}
