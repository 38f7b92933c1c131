using System.Diagnostics;
using Deskward.DesiredState;
using Deskward.DesiredState.Answers;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Platform;
using Deskward.Protocol.Csp;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks.PolicyFiles;

/// <summary>
/// "Why this value?" for all settings of one PC, from its row to the answer: four hundred settings of four sets, a tenth of which another layer wants otherwise,
/// all with evidence. Each run is a scope of its own, as a request is.
/// </summary>
internal sealed class ExplainLine(BenchOptions options, BenchDatabases databases, Engine engine)
{
    private const double LimitMilliseconds = 50;
    private const int Settings = 400;
    private const int PerSet = 120;
    private static readonly Layer[] Layers = [Layer.Foundation, Layer.Profile, Layer.Exception, Layer.Customer];

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        await using var service = await TestService.StartAsync(await databases.CreateAsync(engine));
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        var device = await service.InScopeAsync(provider => MakeAsync(provider, customer.Id), customer.Id);
        var times = new List<double>();
        for (var run = 0; run < (options.Quick ? 1 : 41); run++)
        {
            var clock = Stopwatch.StartNew();
            var told = await service.InScopeAsync(async provider =>
            {
                var row = await provider.GetRequiredService<DeskwardContext>().Set<Device>().AsNoTracking().SingleAsync(row => row.Id == device);
                return await provider.GetRequiredService<PcExplanations>().AllAsync(row, CancellationToken.None);
            }, customer.Id);
            times.Add(clock.Elapsed.TotalMilliseconds);
            if (told.Count != Settings || told.Count(one => one.Standing?.Outcome == SettingOutcome.Acknowledged) < Settings || !told.Exists(one => one.IsConflict))
            {
                throw new InvalidOperationException($"{told.Count} settings were explained, not as they were made.");
            }
        }

        yield return BenchLine.AtMost($"explain: {Settings} settings of a PC, {BenchDatabases.NameOf(engine)}", Figures.Median(times), "ms", LimitMilliseconds);
    }

    /// <summary>Neighbouring sets overlap; a set of even number wants the first value that its node takes, the others the last.</summary>
    private static async Task<Guid> MakeAsync(IServiceProvider provider, Guid tenant)
    {
        var db = provider.GetRequiredService<DeskwardContext>();
        var device = new Device { TenantId = tenant, HardwareId = Guid.CreateVersion7().ToString("n"), Name = "PC", EnrolledAt = TimeProvider.System.GetUtcNow() };
        device.RefreshSearch();
        await new SetInterning(db).ArriveAsync(device, CancellationToken.None);
        db.Add(device);
        await db.SaveChangesAsync();
        var nodes = Catalogue.Default.Nodes.Where(node => node is { IsSetting: true, IsReleased: true, Format: "int", AtomicRoot: null, Allowed: { Kind: AllowedKind.Enumeration, Values.Count: > 1 } }
            && node.Path.StartsWith("./Device/Vendor/MSFT/Policy/Config/", StringComparison.Ordinal) && !node.Path.Contains('{', StringComparison.Ordinal)).Take(Settings).ToList();
        for (var number = 0; number < Layers.Length; number++)
        {
            var first = number * (Settings - PerSet) / (Layers.Length - 1);
            var lines = nodes.Skip(first).Take(PerSet).Select((node, at) => new SettingLine { Line = at + 1, Path = node.Path, Value = number % 2 == 0 ? node.Allowed.Values[0] : node.Allowed.Values[^1] });
            await AssignAsync(provider, tenant, device.Id, Layers[number], [.. lines]);
        }

        db.ChangeTracker.Clear();
        var set = await db.Set<Device>().Where(row => row.Id == device.Id).Select(row => row.AssignmentSetId).SingleAsync();
        var evidence = new Evidence();
        foreach (var setting in PlannerTarget.Of(await provider.GetRequiredService<DocumentStore>().CurrentAsync(db, tenant, set, CancellationToken.None)).Settings)
        {
            var entry = evidence.Open(setting.Path);
            entry.Value = setting.ValueHash;
            entry.Stand(Standing.Acknowledged, TimeProvider.System.GetUtcNow());
        }

        db.Add(new DeviceProgress { DeviceId = device.Id, TenantId = tenant, Evidence = EvidenceCodec.Write(evidence), ReadDueAt = TimeProvider.System.GetUtcNow() });
        await db.SaveChangesAsync();
        return device.Id;
    }

    private static async Task AssignAsync(IServiceProvider provider, Guid tenant, Guid device, Layer layer, SettingLine[] lines)
    {
        var group = Estate.Must(await provider.GetRequiredService<GroupMembership>().CreateAsync(tenant, $"Group {layer}", CancellationToken.None));
        var version = Estate.Must(await provider.GetRequiredService<PolicySets>().CreateAsync(tenant, $"Set {layer}", "", lines, CancellationToken.None));
        var assignments = provider.GetRequiredService<Assignments>();
        Estate.Must(await (layer == Layer.Exception ? assignments.AssignExceptionAsync(version.Id, group.Id, CancellationToken.None) : assignments.AssignAsync(version.Id, group.Id, layer, CancellationToken.None)));
        Estate.Must(await provider.GetRequiredService<GroupMembership>().AddAsync(group.Id, [device], CancellationToken.None));
    }
}
