using Deskward.Platform.Duties;
using Npgsql;

namespace Deskward.Platform;

/// <summary>
/// Listens for other nodes' changes on a connection of its own. While it is not connected, nobody may trust a cache: loss is published when the
/// connection breaks and again when it is back.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class ChangeListener(NpgsqlDataSource source, ChangeFeed feed, DatabaseOutage outage, ILogger<ChangeListener> log) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or IOException or TimeoutException)
            {
                Tell(exception);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            feed.IsConnected = false;
            feed.PublishLoss();
            await Task.Delay(RetryAfter, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, notification) => feed.Receive(notification);
        await using (var listen = new NpgsqlCommand($"LISTEN {ChangeFeed.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        feed.PublishLoss();
        feed.IsConnected = true;
        outage.End();
        while (true)
        {
            if (!await connection.WaitAsync(ProbeEvery, cancellationToken))
            {
                await using var probe = new NpgsqlCommand("SELECT 1", connection);
                await probe.ExecuteNonQueryAsync(cancellationToken);
                outage.End();
            }
        }
    }

    /// <summary>Tells the loss once, not each attempt to connect again.</summary>
    private void Tell(Exception exception)
    {
        if (feed.IsConnected)
        {
            PlatformLog.ChangeListenerLost(log, exception.Message);
        }

        outage.Begin(exception);
    }
}
