using System.Collections.Concurrent;

namespace Deskward.Simulator;

/// <summary>How a fleet is run.</summary>
public sealed record FleetOptions
{
    /// <summary>How many PCs are at work at the same time.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>How often a failed enrolment is tried again.</summary>
    public int EnrolmentRetries { get; init; } = 2;

    /// <summary>Where a PC is saved after its enrolment and after every session that changed it (<see cref="SavedPcs.LoadAll"/>); null: nowhere.</summary>
    public string? SaveTo { get; init; }

    /// <summary>Called after every PC, from any thread, one call at a time; null: nobody wants to know.</summary>
    public Action<FleetProgress>? Progress { get; init; }

    /// <summary>Called with every report of a session, from any thread; null: nobody wants to know.</summary>
    public Action<VirtualPc, SyncReport>? Synced { get; init; }
}

/// <summary>How far a fleet is with what it was told to do.</summary>
/// <param name="Done">PCs that are through, whether it went well or not.</param>
/// <param name="Total">PCs in all.</param>
/// <param name="Figures">What was measured so far.</param>
public sealed record FleetProgress(int Done, int Total, FleetFigures Figures);

/// <summary>What a person types to enrol a PC.</summary>
/// <param name="DiscoveryUrl">On a real PC <c>https://enterpriseenrollment.DOMAIN/EnrollmentServer/Discovery.svc</c>.</param>
/// <param name="Address">The person's address.</param>
/// <param name="Code">The enrolment code, where the service wants one (OnPremise); empty when the person has none.</param>
public sealed record EnrolmentTicket(Uri DiscoveryUrl, string Address, string Code)
{
    /// <summary>What is typed into the sign-in page, where the service shows one (Federated); null: the person cannot sign in.</summary>
    public SignInAnswers? SignIn { get; init; }
}

/// <summary>Runs many PCs with bounded concurrency and measures. The demo, the journeys and the load run use the same one.</summary>
public sealed class Fleet(IReadOnlyList<VirtualPc> pcs, FleetOptions? options = null, TimeProvider? time = null)
{
    private readonly FleetOptions _options = options ?? new FleetOptions();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _progress = new();

    public IReadOnlyList<VirtualPc> Pcs => pcs;

    public FleetFigures Figures { get; } = new();

    /// <summary>Enrols every PC that is not enrolled yet.</summary>
    /// <param name="ticket">What is typed at which PC.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>Why PCs could not be enrolled; empty when all are.</returns>
    public async Task<IReadOnlyList<(VirtualPc Pc, EnrolReport Report)>> EnrolAllAsync(
        Func<VirtualPc, EnrolmentTicket> ticket, CancellationToken cancellation = default)
    {
        var failures = new List<(VirtualPc, EnrolReport)>();
        await EachAsync(async (pc, token) =>
        {
            if (pc.IsEnrolled)
            {
                return;
            }
            var typed = ticket(pc);
            var report = await pc.EnrolAsync(typed, token).ConfigureAwait(false);
            for (var attempt = 0; !report.Succeeded && attempt < _options.EnrolmentRetries; attempt++)
            {
                Figures.Add(report);
                await Task.Delay(TimeSpan.FromMilliseconds(200), _time, token).ConfigureAwait(false);
                report = await pc.EnrolAsync(typed, token).ConfigureAwait(false);
            }
            Figures.Add(report);
            if (report.Succeeded && _options.SaveTo is { } folder)
            {
                await pc.SaveAsync(folder, CancellationToken.None).ConfigureAwait(false);
            }
            if (!report.Succeeded)
            {
                lock (failures)
                {
                    failures.Add((pc, report));
                }
            }
        }, cancellation).ConfigureAwait(false);
        return failures;
    }

    /// <summary>One session of every PC.</summary>
    /// <returns>The reports, in the order of the PCs.</returns>
    public async Task<IReadOnlyList<SyncReport>> SyncAllAsync(CancellationToken cancellation = default)
    {
        var reports = new SyncReport[pcs.Count];
        await EachAsync(async (pc, token, index) => reports[index] = await SyncAsync(pc, token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        return reports;
    }

    /// <summary>Sessions of every PC until one passes in which the service has asked for nothing.</summary>
    /// <param name="mostSessions">How many sessions a PC gets.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>How many PCs were not left in peace.</returns>
    public async Task<int> SettleAsync(int mostSessions = 5, CancellationToken cancellation = default)
    {
        var restless = 0;
        await EachAsync(async (pc, token) =>
        {
            for (var session = 0; session < mostSessions; session++)
            {
                var report = await SyncAsync(pc, token).ConfigureAwait(false);
                ComeBack(pc);
                if (report is { Outcome: SyncOutcome.Completed, Commands: 0 })
                {
                    return;
                }
            }
            Interlocked.Increment(ref restless);
        }, cancellation).ConfigureAwait(false);
        return restless;
    }

    /// <summary>Lets the PCs live: sessions when they are due, renewals, people who come back after a restart. Ends when it is cancelled.</summary>
    public async Task LiveAsync(CancellationToken cancellation)
    {
        var busy = new ConcurrentDictionary<VirtualPc, bool>();
        var running = new List<Task>();
        using var room = new SemaphoreSlim(_options.Concurrency);
        try
        {
            while (true)
            {
                var now = _time.GetUtcNow();
                foreach (var pc in pcs.Where(pc => pc.NextSync <= now && busy.TryAdd(pc, true)))
                {
                    await room.WaitAsync(cancellation).ConfigureAwait(false);
                    running.Add(LiveOnceAsync(pc, busy, room, cancellation));
                }
                running.RemoveAll(task => task.IsCompletedSuccessfully);
                await Task.Delay(TimeSpan.FromMilliseconds(500), _time, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The way it ends.
        }
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<SyncReport> SyncAsync(VirtualPc pc, CancellationToken cancellation)
    {
        var report = await pc.SyncAsync(cancellation).ConfigureAwait(false);
        Figures.Add(report);
        if (_options.SaveTo is { } folder && report is not { Outcome: SyncOutcome.Completed, Commands: 0 })
        {
            await pc.SaveAsync(folder, CancellationToken.None).ConfigureAwait(false);
        }
        _options.Synced?.Invoke(pc, report);
        return report;
    }

    private async Task LiveOnceAsync(VirtualPc pc, ConcurrentDictionary<VirtualPc, bool> busy, SemaphoreSlim room, CancellationToken cancellation)
    {
        try
        {
            if (pc.IsRenewalDue)
            {
                Figures.Add(await pc.RenewAsync(cancellation).ConfigureAwait(false));
            }
            await SyncAsync(pc, cancellation).ConfigureAwait(false);
            ComeBack(pc);
        }
        finally
        {
            busy.TryRemove(pc, out _);
            room.Release();
        }
    }

    private static void ComeBack(VirtualPc pc)
    {
        if (pc.ComesBack is { } person)
        {
            pc.SignIn(person);
        }
    }

    private Task EachAsync(Func<VirtualPc, CancellationToken, Task> work, CancellationToken cancellation) =>
        EachAsync((pc, token, _) => work(pc, token), cancellation);

    private async Task EachAsync(Func<VirtualPc, CancellationToken, int, Task> work, CancellationToken cancellation)
    {
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellation };
        await Parallel.ForAsync(0, pcs.Count, parallel, async (index, token) =>
        {
            await work(pcs[index], token, index).ConfigureAwait(false);
            lock (_progress)
            {
                _options.Progress?.Invoke(new FleetProgress(++done, pcs.Count, Figures));
            }
        }).ConfigureAwait(false);
    }
}
