using Deskward.Devices;
using Deskward.Platform;
using Deskward.Simulator;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Deskward.Faults;

/// <summary>When in the life of a message the server dies.</summary>
public enum Moment
{
    /// <summary>The message has arrived; what it changes is not committed.</summary>
    BeforeCommit,

    /// <summary>It is committed; the PC has not read the answer.</summary>
    AfterCommit,

    /// <summary>The PC has the answer, and has not said anything to it.</summary>
    BetweenMessages,
}

/// <summary>Kills a server at one moment of a PC's next session, and starts it again while the PC waits before it tries once more.</summary>
internal sealed class Killing(ServiceSettings settings, ServerProcess server)
{
    private Task _deed = Task.CompletedTask;
    private int _sent;
    private bool _isRevived;

    internal ServerProcess Server { get; private set; } = server;

    internal bool IsDone { get; private set; }

    internal async Task<SyncReport> AtAsync(VirtualPc pc, PatientTime time, Device device, Moment moment, int message)
    {
        (_sent, IsDone, _isRevived, _deed) = (0, false, false, Task.CompletedTask);
        time.MeanWhile = ReviveAsync;
        if (moment == Moment.AfterCommit)
        {
            pc.Faults.LoseReply(ReplyLoss.AfterAnswer, message);
        }

        pc.Watch = (isSent, _) =>
        {
            _sent += isSent ? 1 : 0;
            if (_sent == message && !IsDone && moment == (isSent ? Moment.BeforeCommit : Moment.BetweenMessages))
            {
                IsDone = true;
                _deed = isSent ? KillInTransaction(device) : KillNow();
            }
        };
        var report = await pc.SyncAsync();
        (pc.Watch, time.MeanWhile) = (null, null);
        pc.Faults.Clear();
        await _deed;
        Server = IsDone && !_isRevived ? await StartAgainAsync() : Server; // The session was over already.
        return report;
    }

    private Task KillNow()
    {
        Server.Kill();
        return Task.CompletedTask;
    }

    private async Task ReviveAsync()
    {
        await _deed;
        (IsDone, _isRevived) = (true, true);
        Server = await StartAgainAsync();
    }

    private async Task<ServerProcess> StartAgainAsync()
    {
        Server.Dispose();
        return await ServerProcess.StartAsync(settings);
    }

    // What the server needs to go on is held until it is dead, so that it cannot commit.
    private Task KillInTransaction(Device device)
    {
        var (held, isStuck) = settings.IsSqlite ? HoldSqlite() : HoldPostgres(device);
        return Task.Run(async () =>
        {
            for (var tries = 0; tries < 200 && !isStuck(); tries++)
            {
                await Task.Delay(20);
            }

            Server.Kill();
            held.Dispose();
        });
    }

    private (IDisposable Held, Func<bool> IsStuck) HoldSqlite()
    {
        var connection = new SqliteConnection($"Data Source={settings.SqlitePath};Default Timeout=30;Pooling=False");
        connection.Open();
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        var looks = 0;
        return (connection, () => ++looks > 15);
    }

    private (IDisposable Held, Func<bool> IsStuck) HoldPostgres(Device device)
    {
        var connection = new NpgsqlConnection(settings.OwnerDatabase + ";Pooling=false");
        connection.Open();
        using var hold = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { Parameters = { new() { Value = BitConverter.ToInt64(device.Id.ToByteArray(), 8) } } };
        hold.ExecuteNonQuery();
        return (connection, () =>
        {
            using var look = new NpgsqlCommand("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))", connection);
            return (bool)look.ExecuteScalar()!;
        });
    }
}
