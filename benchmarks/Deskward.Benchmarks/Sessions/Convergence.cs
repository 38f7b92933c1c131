using System.Globalization;
using Deskward.Protocol.SyncMl;
using Deskward.Simulator;

namespace Deskward.Benchmarks.Sessions;

/// <summary>Virtual PCs from nothing to the whole baseline: how long it takes, and that nothing goes wrong on the way.</summary>
internal sealed class Convergence(Estate estate, RecordedFleet fleet, string on)
{
    private double _enrolment;
    private double _settling;
    private int _notEnrolled;
    private int _restless;

    internal async Task EnrolAsync() => _enrolment = await Figures.MillisecondsAsync(async () => _notEnrolled = await fleet.EnrolAsync(estate));

    internal async Task SettleAsync(int recorded) => _settling = await Figures.MillisecondsAsync(async () => _restless = await fleet.SettleAsync(recorded));

    internal async Task<IReadOnlyList<BenchLine>> LinesAsync()
    {
        var reports = fleet.Reports.Values.SelectMany(list => list).ToList();
        var errors = _notEnrolled + _restless + reports.Count(report => !report.IsClean || report.Retries > 0);
        Explain(reports);
        var repeated = fleet.Reports.Values.Sum(Repeated);
        var standing = await Standing.CountAsync(estate);
        var count = fleet.Pcs.Count;
        return
        [
            new($"enrol: {count} PCs from nothing to the baseline, {on}", Math.Round((_enrolment + _settling) / 1000, 1), "s", null, "", true),
            BenchLine.Exactly($"enrol: errors, {on}", errors, "errors", 0),
            BenchLine.Exactly($"enrol: repeated commands, {on}", repeated, "commands", 0),
            BenchLine.Exactly($"enrol: PCs in their desired state, {on}", standing.Pcs, "PCs", count),
            BenchLine.Exactly($"enrol: settings verified or unreadable, {on}", standing.Proven, "settings", (double)estate.SettingCount * count),
        ];
    }

    /// <summary>Writes and actions of one PC that were sent more than once.</summary>
    private static int Repeated(List<SyncReport> reports) => reports.SelectMany(report => report.CarriedOut).Where(command => command.Verb is not SyncVerb.Get)
        .GroupBy(command => (command.Verb, command.Path)).Sum(group => group.Count() - 1);

    private static void Explain(List<SyncReport> reports)
    {
        foreach (var report in reports.Where(report => !report.IsClean).Take(3))
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{report.Outcome}: {report.Reason} {string.Join("; ", report.Violations.Take(3).Select(violation => violation.ToString()))}"));
        }
    }
}
