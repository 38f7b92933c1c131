using Deskward.DesiredState;
using Deskward.DesiredState.Plans;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Deskward.Protocol.Csp;
using Deskward.Protocol.SyncMl;
using Deskward.Sessions;
using Deskward.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Faults;

/// <summary>
/// A customer's life as a test makes it up, in which everything that is decided is planned first. The test keeps books of its own: which documents changed how, and
/// what was done to which PC; plans, results and reasons must agree with them.
/// </summary>
internal sealed class PlanLife
{
    private static readonly int[] Statuses = [404, 405, 406, 420, 425, 500, 503];
    private static readonly TimeSpan[] Waits = [TimeSpan.Zero, TimeSpan.FromHours(1.1), TimeSpan.FromHours(4.1), TimeSpan.FromHours(24.1), TimeSpan.FromHours(24.1)];
    private readonly FaultGround _ground;
    private readonly Guid[] _groups;
    private readonly PolicySetVersion?[] _sets = new PolicySetVersion?[3];
    private readonly List<Assignment> _assignments = [];
    private readonly List<(VirtualPc Pc, Guid Device)> _pcs = [];
    private readonly List<Booked> _booked = [];
    private readonly HashSet<(Guid Device, string Path)> _drifted = [];
    private readonly Dictionary<(Guid Device, string Path), HashSet<int>> _failed = [];
    private readonly Dictionary<Guid, int> _moved = [];
    private int _named;

    private PlanLife(FaultGround ground, Guid[] groups) => (_ground, _groups) = (ground, groups);

    /// <summary>What the test knows of a plan: how many PCs it spoke of, and by PC the values before and after; none of those on which only a conflict began or ended.</summary>
    private sealed record Booked(Guid Plan, int Number, DateTimeOffset At, int Pcs, Dictionary<Guid, Dictionary<string, (string? Was, string? Now)>> Flips);

    internal static async Task<PlanLife> BeginAsync(TestService service, int pcs)
    {
        var ground = await FaultGround.OnAsync(service);
        var group = FaultGround.Granted(await ground.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.CreateAsync(ground.Customer.Id, "Some", CancellationToken.None)));
        var life = new PlanLife(ground, [await ground.AllPcsAsync(), group.Id]);
        for (var number = 0; number < pcs; number++)
        {
            await life.EnrolAsync();
        }

        return life;
    }

    internal async Task LiveAsync(IEnumerable<PlanMove> moves)
    {
        foreach (var move in moves)
        {
            _ground.Service.Time.Advance(TimeSpan.FromMinutes(1));
            await HappenAsync(move);
        }

        await AssertPlansAsync(isOver: false);
        await EndWellAsync();
        await AssertPlansAsync(isOver: true);
        _pcs.ForEach(each => each.Pc.Dispose());
    }

    private async Task HappenAsync(PlanMove move)
    {
        var ((pc, device), chance) = (_pcs[move.Pc % _pcs.Count], new Random(move.Choice));
        await (move.Kind switch
        {
            PlanMoveKind.NewVersion => NewVersionAsync(move.Pc, chance),
            PlanMoveKind.Assign => AssignAsync(move.Pc, chance),
            PlanMoveKind.Unassign => UnassignAsync(chance),
            PlanMoveKind.Join => MoveAsync(device, isIn: true),
            PlanMoveKind.Leave => MoveAsync(device, isIn: false),
            PlanMoveKind.Enrol => _pcs.Count < 4 ? EnrolAsync() : Task.CompletedTask,
            PlanMoveKind.Retire => _ground.AsAsync<DeviceDirectory, Refusal?>(all => all.RetireAsync(device, CancellationToken.None)),
            PlanMoveKind.Synchronise => SynchroniseAsync(pc),
            PlanMoveKind.FailNode => Task.Run(() => Fail(pc, device, chance)),
            PlanMoveKind.Drift => Task.Run(() => Drift(pc, device, chance)),
            PlanMoveKind.Sleep => Task.Run(pc.Sleep),
            PlanMoveKind.Wake => Task.Run(pc.Wake),
            PlanMoveKind.SignIn => Task.Run(() => pc.SignIn(pc.Owner!)),
            PlanMoveKind.SignOut => Task.Run(pc.SignOut),
            PlanMoveKind.LetTimePass => Task.Run(() => _ground.Service.Time.Advance(TimeSpan.FromHours(chance.Next(1, 27)))),
        });
    }

    private async Task EnrolAsync()
    {
        var pc = await _ground.EnrolAsync(_pcs.Count);
        _pcs.Add((pc, (await _ground.DeviceAsync(pc)).Id));
    }

    private async Task NewVersionAsync(int set, Random chance)
    {
        var lines = Lines(chance);
        var made = _sets[set] is { } latest
            ? await _ground.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.AddVersionAsync(latest.PolicySetId, null, lines, CancellationToken.None))
            : await _ground.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.CreateAsync(_ground.Customer.Id, $"Set {_named++}", "", lines, CancellationToken.None));
        _sets[set] = made.IsRefused ? _sets[set] : made.Value;
        foreach (var assignment in _assignments.Where(row => !made.IsRefused && row.PolicySetId == made.Value!.PolicySetId).ToArray())
        {
            var plan = FaultGround.Granted(await _ground.AsAsync<Assignments, Outcome<AssignmentPreview>>(all => all.PreviewAsync(made.Value!.Id, assignment.GroupId, assignment.Layer, CancellationToken.None))).Plan;
            await BookAsync(plan, () => _ground.AsAsync<Assignments, Outcome<AssignmentResult>>(all => all.ChangeVersionAsync(assignment.Id, null, made.Value!.Id, plan.Digest, CancellationToken.None)));
        }
    }

    private async Task AssignAsync(int set, Random chance)
    {
        if (_sets[set] is null)
        {
            await NewVersionAsync(set, chance);
        }

        var (version, group, layer) = (_sets[set]!, _groups[chance.Next(2)], RandomPolicies.Layers[chance.Next(RandomPolicies.Layers.Length)]);
        var preview = await _ground.AsAsync<Assignments, Outcome<AssignmentPreview>>(all => all.PreviewAsync(version.Id, group, layer, CancellationToken.None));
        if (!preview.IsRefused && !_assignments.Exists(row => row.GroupId == group && (row.PolicySetId == version.PolicySetId || (layer == Layer.Profile && row.Layer == layer))))
        {
            _assignments.Add((await BookAsync(preview.Value.Plan, () => _ground.AsAsync<Assignments, Outcome<AssignmentResult>>(all => all.AssignAsync(version.Id, group, layer, preview.Value.Plan.Digest, CancellationToken.None)))).Assignment);
        }
    }

    private async Task UnassignAsync(Random chance)
    {
        if (_assignments.Count > 0)
        {
            var at = chance.Next(_assignments.Count);
            var plan = FaultGround.Granted(await _ground.AsAsync<Assignments, Outcome<DocumentPlan>>(all => all.PreviewRemovalAsync(_assignments[at].Id, CancellationToken.None)));
            await BookAsync(plan, () => _ground.AsAsync<Assignments, Outcome<Assignment>>(all => all.RemoveAsync(_assignments[at].Id, null, plan.Digest, CancellationToken.None)));
            _assignments.RemoveAt(at);
        }
    }

    private async Task MoveAsync(Guid device, bool isIn)
    {
        if ((await DocumentsAsync()).ContainsKey(device))
        {
            var (tenant, group) = (_ground.Customer.Id, _groups[1]);
            var plan = (await _ground.AsAsync<ChangePlans, MembershipEffect>(plans => plans.EffectAsync([new MembershipDraft(tenant, group, isIn ? [device] : [], isIn ? [] : [device])], CancellationToken.None))).Plan;
            var before = _booked.Count;
            await BookAsync(plan, () => _ground.AsAsync<GroupMembership, Outcome<Group>>(groups =>
                isIn ? groups.AddAsync(group, [device], plan.Digest, CancellationToken.None) : groups.RemoveAsync(group, [device], plan.Digest, CancellationToken.None)));
            _moved[device] = _booked.Count > before ? _booked[^1].Number : _booked.Count == 0 ? 0 : _booked[^1].Number;
        }
    }

    /// <summary>Carries a plan out, and writes down how documents changed by it: exactly as the plan says.</summary>
    private async Task<T> BookAsync<T>(DocumentPlan plan, Func<Task<Outcome<T>>> carryOut)
    {
        var before = await DocumentsAsync();
        var result = FaultGround.Granted(await carryOut());
        var after = await DocumentsAsync();
        var flips = before.Keys.ToDictionary(pc => pc, pc => before[pc].Keys.Union(after[pc].Keys).Where(path => before[pc].GetValueOrDefault(path) != after[pc].GetValueOrDefault(path))
            .ToDictionary(path => path, path => (before[pc].GetValueOrDefault(path), after[pc].GetValueOrDefault(path))));
        Assert.Equal(plan.Flips.Select(one => $"{one.Flip.Path}: {one.Flip.Before} > {one.Flip.After} on {one.Pcs}").Order(StringComparer.Ordinal),
            flips.Values.SelectMany(all => all.Select(flip => $"{flip.Key}: {flip.Value.Item1} > {flip.Value.Item2}")).GroupBy(flip => flip).Select(same => $"{same.Key} on {same.Count()}").Order(StringComparer.Ordinal));
        if (plan.Sets.Count > 0)
        {
            var row = await _ground.QueryAsync(db => db.Set<CarriedOutPlan>().AsNoTracking().OrderByDescending(one => one.Number).FirstAsync());
            Assert.Equal((_booked.Count + 1, plan.Digest), (row.Number, Convert.ToHexStringLower(row.Digest)));
            _booked.Add(new Booked(row.Id, row.Number, row.At, plan.Pcs, flips.Where(pc => pc.Value.Count > 0).ToDictionary(pc => pc.Key, pc => pc.Value)));
        }

        return result;
    }

    /// <summary>What is wanted of every managed PC.</summary>
    private async Task<Dictionary<Guid, Dictionary<string, string>>> DocumentsAsync()
    {
        var documents = new Dictionary<Guid, Dictionary<string, string>>();
        foreach (var device in await _ground.QueryAsync(db => db.Set<Device>().AsNoTracking().Where(row => row.State == DeviceState.Enrolled).ToListAsync()))
        {
            var wanted = await _ground.AsAsync<ProgressStore, TargetDocument>(store => store.WantedAsync(device.TenantId, device.AssignmentSetId, CancellationToken.None));
            documents[device.Id] = wanted.Settings.ToDictionary(setting => setting.Path, setting => setting.Value);
        }

        return documents;
    }

    private void Fail(VirtualPc pc, Guid device, Random chance)
    {
        var (path, status) = (Wishes.All[chance.Next(Wishes.All.Count)].Path, Statuses[chance.Next(Statuses.Length)]);
        pc.Faults.FailNode(path, status, chance.Next(3) == 0 ? null : chance.Next(1, 4));
        foreach (var one in Wishes.All.Select(wish => wish.Path).Where(one => one == path || (Catalogue.Default.AtomicGroupOf(path) is { } group && Catalogue.Default.AtomicGroupOf(one) == group)))
        {
            (_failed.TryGetValue((device, one), out var statuses) ? statuses : _failed[(device, one)] = []).Add(status);
        }
    }

    private void Drift(VirtualPc pc, Guid device, Random chance)
    {
        var present = Wishes.All.Where(wish => wish.Path.Contains("/Policy/Config/", StringComparison.Ordinal) && pc.Tree.Read(wish.Path) is not null).ToArray();
        if (present.Length > 0)
        {
            var wish = present[chance.Next(present.Length)];
            pc.Tree.SetLocally(wish.Path, chance.Next(3) == 0 ? null : wish.Values[chance.Next(wish.Values.Length)]);
            _drifted.Add((device, wish.Path));
        }
    }

    private static async Task SynchroniseAsync(VirtualPc pc) => Convergence.AssertHonest(await pc.SyncAsync());

    /// <summary>When PCs were last seen is written a little later.</summary>
    private async Task<List<Device>> DevicesAsync()
    {
        await _ground.Service.Provider.GetRequiredService<LastSeenWriter>().FlushAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromMilliseconds(100));
        return await _ground.QueryAsync(db => db.Set<Device>().AsNoTracking().ToListAsync());
    }

    private async Task EndWellAsync()
    {
        foreach (var wait in Waits)
        {
            _ground.Service.Time.Advance(wait + TimeSpan.FromMinutes(1));
            foreach (var (pc, device) in _pcs)
            {
                if (await _ground.QueryAsync(db => db.Set<Device>().AnyAsync(row => row.Id == device && row.State == DeviceState.Enrolled)))
                {
                    pc.Faults.Clear();
                    pc.Wake();
                    pc.SignIn(pc.Owner!);
                    await Convergence.SettleAsync(pc);
                    pc.SignIn(pc.Owner!);
                    await Convergence.SettleAsync(pc);
                }
            }
        }
    }

    private async Task AssertPlansAsync(bool isOver)
    {
        var devices = await DevicesAsync();
        foreach (var booked in _booked)
        {
            var (results, standing, page) = await _ground.AsAsync<PlanResults, (IReadOnlyList<PlannedPcResult>, PlanStanding, IReadOnlyList<PlannedPcResult>)>(async all =>
            {
                var plan = (await all.FindAsync(booked.Plan, CancellationToken.None))!;
                return (await all.OfAsync(plan, devices, CancellationToken.None), await all.StandingAsync(plan, CancellationToken.None), (await all.PageAsync(plan, 0, 100, CancellationToken.None)).Pcs);
            });
            Assert.Equal(booked.Flips.Keys.Order(), results.Where(pc => !IsJoined(pc) && !IsOfConflictsAlone(booked, pc)).Select(pc => pc.Id).Order());
            Assert.Equal((booked.Pcs, booked.Pcs), (results.Count(pc => !IsJoined(pc)), standing.Planned));
            Assert.Equal(results.Count(IsJoined), standing.Joined);
            Assert.Equal(page.Count, standing.Planned - standing.AsPlanned + standing.Joined);
            Assert.All(results.Where(pc => page.All(shown => shown.Id != pc.Id)), pc => Assert.Equal(PlanResult.AsPlanned, pc.Result));
            foreach (var pc in results)
            {
                Assert.All(pc.Flips, flip => AssertTrue(booked, devices.Single(row => row.Id == pc.Id), flip, isOver));
                AssertShown(booked, pc);
            }
        }
    }

    private static bool IsJoined(PlannedPcResult pc) => pc.Flips.Any(flip => flip.Reason == PlanReason.Joined);

    private static bool IsOfConflictsAlone(Booked booked, PlannedPcResult pc) => pc.Flips.Count == 0 && !booked.Flips.ContainsKey(pc.Id);

    /// <summary>What is as planned stands on the PC itself.</summary>
    private void AssertShown(Booked booked, PlannedPcResult result)
    {
        var pc = _pcs.Single(each => each.Device == result.Id).Pc;
        foreach (var (path, (_, now)) in booked.Flips.GetValueOrDefault(result.Id) ?? [])
        {
            if (now is not null && !_drifted.Contains((result.Id, path)) && result.Flips.All(flip => flip.Path != path))
            {
                Assert.True(CanonicalValue.Same(Catalogue.Default.Find(path), now, pc.Tree.Read(path)), $"{path} is '{pc.Tree.Read(path)}', not '{now}' as planned");
            }
        }
    }

    /// <summary>A reason is the true one, by what the test did.</summary>
    private void AssertTrue(Booked booked, Device device, FlipResult flip, bool isOver)
    {
        var faults = _failed.GetValueOrDefault((device.Id, flip.Path)) ?? [];
        var isTrue = (flip.Result, flip.Reason) switch
        {
            (PlanResult.Waiting, null) => !isOver && device.LastSeenAt > booked.At,
            (PlanResult.Differs, { } reason) => reason switch
            {
                PlanReason.Joined => !booked.Flips.ContainsKey(device.Id),
                PlanReason.Left => device.State != DeviceState.Enrolled || _moved.GetValueOrDefault(device.Id, -1) >= booked.Number,
                PlanReason.NotSeen => !isOver && !(device.LastSeenAt > booked.At),
                PlanReason.NotApplicable => faults.Overlaps([404, 405, 406]),
                PlanReason.Failed => faults.Count > 0,
                PlanReason.Superseded => _booked.Exists(later => later.Number > booked.Number && later.Flips.TryGetValue(device.Id, out var flips) && flips.ContainsKey(flip.Path)),
                PlanReason.Drifted => !isOver && _drifted.Contains((device.Id, flip.Path)),
                PlanReason.NoUserSignedIn => !isOver && LocUri.IsOfUser(flip.Path),
            },
            _ => false,
        };
        Assert.True(isTrue, $"plan {booked.Number}, {device.Name}, {flip.Path}: {flip.Result} {flip.Reason} is not what happened");
    }

    private static SettingLine[] Lines(Random chance)
    {
        var chosen = Wishes.All.Where(_ => chance.Next(5) < 2).DefaultIfEmpty(Wishes.All[chance.Next(Wishes.All.Count)]);
        return [.. FaultGround.Lines(chosen.Select(wish => (wish.Path, wish.Values[chance.Next(wish.Values.Length)]))).Select(line => line with { IsOverridable = chance.Next(2) == 0 })];
    }
}
