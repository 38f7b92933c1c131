using System.Globalization;
using Deskward.Benchmarks.Load;
using Deskward.Simulator;

namespace Deskward.Benchmarks.Sessions;

/// <summary>The virtual PCs of one database: enrolled and settled over the network by the simulator, recorded on the way.</summary>
internal sealed class RecordedFleet
{
    private const int FirstSeed = 7_000;

    private RecordedFleet(IReadOnlyList<RecordedPc> pcs) => Pcs = pcs;

    internal IReadOnlyList<RecordedPc> Pcs { get; }

    /// <summary>Reports of all sessions until the PCs were left in peace, by PC.</summary>
    internal Dictionary<VirtualPc, List<SyncReport>> Reports { get; } = [];

    /// <summary>New PCs with keys that lie ready: making one costs more than an enrolment.</summary>
    internal static async Task<RecordedFleet> CreateAsync(Estate estate, int count)
    {
        var keys = new KeyStore(Path.Combine(BenchOptions.Folder, "keys"));
        var network = PcNetwork.FromPemFile(Path.Combine(estate.Settings.Data, "tls", "root.pem"));
        var profile = new PcProfile { OsVersion = "10.0.26200.6584", Edition = 4 };
        RecordedPc[] pcs = [.. Enumerable.Range(FirstSeed, count).Select(seed => new RecordedPc(VirtualPc.Create(seed, profile, network, keys)))];
        await Parallel.ForEachAsync(pcs, (pc, _) =>
        {
            keys.Get(pc.Pc.State.NextKeyName(pc.Pc.Identity.DeviceId)).Dispose();
            pc.Pc.SignIn(estate.Address);
            return ValueTask.CompletedTask;
        });
        return new RecordedFleet(pcs);
    }

    /// <summary>Enrols them all.</summary>
    /// <returns>How many could not be.</returns>
    internal async Task<int> EnrolAsync(Estate estate)
    {
        var ticket = new EnrolmentTicket(new Uri(estate.Settings.PublicUrl, "/EnrollmentServer/Discovery.svc"), estate.Address, estate.Code);
        var failures = await new Fleet([.. Pcs.Select(pc => pc.Pc)]).EnrolAllAsync(_ => ticket);
        if (failures.Count > 0)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{failures.Count} PCs could not be enrolled; the first: {failures[0].Report.Reason}"));
        }

        return failures.Count;
    }

    /// <summary>Sessions until every PC is left in peace; the first of each is recorded where it will be played again.</summary>
    /// <returns>How many were not left in peace.</returns>
    internal async Task<int> SettleAsync(int recorded)
    {
        var listening = Pcs.Take(recorded).ToDictionary(pc => pc.Pc);
        foreach (var pc in listening.Values)
        {
            pc.Listen();
        }

        void Note(VirtualPc pc, SyncReport report)
        {
            lock (Reports)
            {
                if (!Reports.TryGetValue(pc, out var reports))
                {
                    Reports[pc] = reports = [];
                    listening.GetValueOrDefault(pc)?.KeepApplying();
                }

                reports.Add(report);
            }
        }

        return await new Fleet([.. Pcs.Select(pc => pc.Pc)], new FleetOptions { Synced = Note }).SettleAsync();
    }

    /// <summary>Writes what the reference has to know.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="exchanges">In the order in which the reference numbers its replies.</param>
    internal void WriteReference(string file, IEnumerable<RecordedExchange> exchanges) =>
        ReferenceFile.Write(file, [.. Pcs.Select(pc => pc.Identity.Sha256)], [.. exchanges.Select(exchange => exchange.Reply)]);
}
