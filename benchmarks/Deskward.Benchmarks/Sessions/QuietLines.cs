using System.Globalization;
using Deskward.Benchmarks.Load;
using Deskward.Fixture;

namespace Deskward.Benchmarks.Sessions;

/// <summary>Sessions in which there is nothing to do, against the reference that exchanges the same bytes after the same handshakes.</summary>
internal sealed class QuietLines(BenchOptions options, Estate estate, RecordedFleet fleet)
{
    private const double OpenRatio = 0.7;
    private const double UncachedRatio = 0.5;
    private const double NewRatio = 0.85;
    private const int OpenConnections = 64;
    private const int HandshakesAtOnce = 4;
    private const int MessagesPerPc = 64;
    private const int WarmUps = 6;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private TimeSpan Window => TimeSpan.FromSeconds(options.Quick ? 1 : 2);

    internal async Task<IReadOnlyList<BenchLine>> RunAsync(string on)
    {
        var pcs = await RecordAsync();
        await using var reference = await StartReferenceAsync(pcs);
        var (open, openRatio) = await OpenAsync(pcs);
        var (fresh, freshRatio) = await NewAsync(pcs);
        return
        [
            BenchLine.AtLeast($"quiet: open connections, {on}", open, "sessions/s", openRatio, OpenRatio),
            BenchLine.AtLeast($"quiet: new connection each, {on}", fresh, "sessions/s", freshRatio, NewRatio),
        ];
    }

    internal async Task<BenchLine> RunUncachedAsync(string on)
    {
        var pcs = await RecordAsync();
        await using var reference = await StartReferenceAsync(pcs);
        var (rate, ratio) = await OpenAsync(pcs);
        return BenchLine.AtLeast($"quiet: open connections, {on} without cache", rate, "sessions/s", ratio, UncachedRatio);
    }

    private async Task<RecordedPc[]> RecordAsync()
    {
        RecordedPc[] pcs = [.. fleet.Pcs.Take(OpenConnections)];
        foreach (var pc in pcs)
        {
            await pc.RecordQuietAsync();
        }

        return pcs;
    }

    private async Task<ChildProcess> StartReferenceAsync(RecordedPc[] pcs)
    {
        // Replies get the session ids of four digits that the played messages have, so that both sides send the same number of bytes.
        var file = Path.Combine(estate.Settings.Data, "quiet.recorded");
        var service = await OpenConnectionsAsync(pcs, estate.Settings.ManagementUrl.Port);
        var replies = new List<RecordedExchange>();
        for (var index = 0; index < pcs.Length; index++)
        {
            var message = pcs[index].QuietMessages(1).Single();
            replies.Add(new RecordedExchange(message, (await service[index].SendAsync(LoadRequest.ToService(ManagementAddress(pcs[index]), message))).ToArray()));
            await service[index].DisposeAsync();
        }

        fleet.WriteReference(file, replies);
        ReferencePort = PostgresServer.FreePort();
        return await ChildProcess.ReferenceAsync(estate.Settings with { ManagementUrl = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{ReferencePort}")) }, file);
    }

    private int ReferencePort { get; set; }

    private async Task<(double Rate, double Ratio)> OpenAsync(RecordedPc[] pcs)
    {
        var service = await OpenConnectionsAsync(pcs, estate.Settings.ManagementUrl.Port);
        var reference = await OpenConnectionsAsync(pcs, ReferencePort);
        var figures = await Figures.PairsAsync(
            options.Pairs,
            pair => RateAsync(pair, () => pcs.Select((pc, index) => OnOpenConnection(service[index], ServiceRequests(pc)))),
            pair => RateAsync(pair, () => pcs.Select((pc, index) => OnOpenConnection(reference[index], ReferenceRequests(pc, index)))));
        foreach (var connection in service.Concat(reference))
        {
            await connection.DisposeAsync();
        }

        return figures;
    }

    /// <summary>A process that has just started is still being compiled, in earnest when it rests.</summary>
    private async Task<double> RateAsync(int pair, Func<IEnumerable<Func<Task>>> steps)
    {
        for (var run = options.Quick || pair >= 0 ? WarmUps : 0; run < WarmUps; run++)
        {
            await Figures.RateAsync(Window, steps());
            await Task.Delay(Rest);
        }

        return await Figures.RateAsync(Window, steps());
    }

    private Task<(double Rate, double Ratio)> NewAsync(RecordedPc[] pcs)
    {
        var loops = Enumerable.Range(0, HandshakesAtOnce).Select(loop => Enumerable.Range(0, pcs.Length).Where(index => index % HandshakesAtOnce == loop).ToArray()).ToArray();
        return Figures.PairsAsync(
            options.Pairs,
            _ => Figures.RateAsync(Window, loops.Select(own => OnNewConnections(estate.Settings.ManagementUrl.Port, [.. own.Select(index => (pcs[index], ServiceRequests(pcs[index])[0]))]))),
            _ => Figures.RateAsync(Window, loops.Select(own => OnNewConnections(ReferencePort, [.. own.Select(index => (pcs[index], ReferenceRequests(pcs[index], index)[0]))]))));
    }

    private static Func<Task> OnOpenConnection(LoadConnection connection, byte[][] requests)
    {
        var next = 0;
        return async () => await connection.SendAsync(requests[next++ % requests.Length]);
    }

    private static Func<Task> OnNewConnections(int port, (RecordedPc Pc, byte[] Request)[] sessions)
    {
        var next = 0;
        return async () =>
        {
            var (pc, request) = sessions[next++ % sessions.Length];
            await using var connection = await LoadConnection.OpenAsync(port, pc.Identity);
            await connection.SendAsync(request);
        };
    }

    private static byte[][] ServiceRequests(RecordedPc pc) => [.. pc.QuietMessages(MessagesPerPc).Select(body => LoadRequest.ToService(ManagementAddress(pc), body))];

    private byte[][] ReferenceRequests(RecordedPc pc, int reply) => [.. pc.QuietMessages(MessagesPerPc).Select(body => LoadRequest.ToReference(ReferencePort, reply, body))];

    private static Uri ManagementAddress(RecordedPc pc) => new(pc.Pc.State.Enrolment!.ManagementUrl);

    private static async Task<LoadConnection[]> OpenConnectionsAsync(RecordedPc[] pcs, int port)
    {
        var connections = new List<LoadConnection>();
        foreach (var pc in pcs)
        {
            connections.Add(await LoadConnection.OpenAsync(port, pc.Identity));
        }

        return [.. connections];
    }
}
