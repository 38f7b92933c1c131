using Deskward.DesiredState;
using Deskward.Protocol.Csp;
using Deskward.Protocol.SyncMl;
using Deskward.Sessions;
using Deskward.Simulator;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Faults;

/// <summary>What a PC held before anybody managed it.</summary>
internal sealed class Untouched(VirtualPc pc)
{
    private readonly Dictionary<string, string> _settings = pc.Tree.Settings.ToDictionary(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string?> _values = Wishes.All.Select(wish => wish.Path).ToDictionary(Canonical, pc.Tree.Read, StringComparer.OrdinalIgnoreCase);

    internal string? ValueOf(string path) => _settings.GetValueOrDefault(path) ?? _values.GetValueOrDefault(Canonical(path));

    internal static string Canonical(string path) => Catalogue.Default.CanonicalPath(path) ?? path;
}

/// <summary>Whether a PC is where it should be, judged by its own tree.</summary>
internal static class Convergence
{
    /// <summary>What is wrong with a PC that should be in its desired state; empty when nothing is.</summary>
    internal static async Task<List<string>> ProblemsAsync(FaultGround ground, VirtualPc pc, Untouched? before = null)
    {
        var problems = new List<string>();
        var device = await ground.DeviceAsync(pc);
        var wanted = await ground.AsAsync<ProgressStore, TargetDocument>(store => store.WantedAsync(device.TenantId, device.AssignmentSetId, CancellationToken.None));
        var open = await ground.QueryAsync(db => db.Set<OpenSetting>().AsNoTracking().Where(row => row.DeviceId == device.Id).ToListAsync());
        var givenUp = open.Where(row => row is { Outcome: SettingOutcome.Failed, RetryAt: null, Reason.Length: > 0 }).Select(row => row.Path).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(open.Where(row => row.Outcome is SettingOutcome.Waiting or SettingOutcome.Failed && !givenUp.Contains(row.Path)).Select(row => $"{row.Outcome} {row.Path}: {row.Reason}"));
        if (device.SettledHash is null || !device.SettledHash.AsSpan().SequenceEqual(wanted.Hash) || device.IsClean == givenUp.Count > 0)
        {
            problems.Add($"settled: {device.SettledHash is not null}, on what is wanted: {device.SettledHash.AsSpan().SequenceEqual(wanted.Hash)}, clean: {device.IsClean}");
        }

        var applicable = wanted.Settings.Where(setting => open.Find(row => row.Path == setting.Path)?.Outcome is not SettingOutcome.NotApplicable && !givenUp.Contains(setting.Path)).ToArray();
        problems.AddRange(applicable.Where(setting => !CanonicalValue.Same(Catalogue.Default.Find(setting.Path), setting.Value, pc.Tree.Read(setting.Path)))
            .Select(setting => $"{setting.Path} is '{pc.Tree.Read(setting.Path)}', not '{setting.Value}'"));
        return before is null ? problems : [.. problems, .. LeftBehind(pc, before, wanted, open)];
    }

    /// <summary>Fails when the PC is not in its desired state.</summary>
    internal static async Task AssertAsync(FaultGround ground, VirtualPc pc, Untouched? before = null) => Assert.Equal([], await ProblemsAsync(ground, pc, before));

    /// <summary>Synchronises until the service has nothing to say twice in a row.</summary>
    internal static async Task SettleAsync(VirtualPc pc, int most = 12)
    {
        for (var (sessions, quiet) = (0, 0); quiet < 2; sessions++)
        {
            var report = await pc.SyncAsync();
            AssertHonest(report);
            Assert.True(sessions < most, $"The PC is not quiet after {most} sessions; the last one: {report}");
            quiet = report is { Outcome: SyncOutcome.Completed, Messages: 1 } ? quiet + 1 : 0;
        }
    }

    /// <summary>Whatever happens: no rule of the protocol is broken, and nothing that changes the PC is sent twice for the same value in a session.</summary>
    internal static void AssertHonest(SyncReport report)
    {
        Assert.Empty(report.Violations);
        Assert.DoesNotContain(report.CarriedOut.Where(done => done.Verb == SyncVerb.Exec).GroupBy(done => done.Path), group => group.Count() > 1);
    }

    /// <summary>How often the PC was told to restart.</summary>
    internal static int RestartsOf(VirtualPc pc) => pc.Actions.Count(action => action.EndsWith("/RebootNow", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> LeftBehind(VirtualPc pc, Untouched before, TargetDocument wanted, List<OpenSetting> open)
    {
        var kept = wanted.Settings.Select(setting => Untouched.Canonical(setting.Path)).Concat(open.Select(row => Untouched.Canonical(row.Path))).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return pc.Tree.Settings
            .Where(pair => (pair.Key.Contains("/Policy/Config/", StringComparison.OrdinalIgnoreCase) || pair.Key.Contains("/Firewall/", StringComparison.OrdinalIgnoreCase))
                && !kept.Contains(Untouched.Canonical(pair.Key)) && !string.Equals(before.ValueOf(pair.Key), pair.Value, StringComparison.OrdinalIgnoreCase))
            .Select(pair => $"left behind: {pair.Key} = {pair.Value}, was {before.ValueOf(pair.Key)}");
    }
}
