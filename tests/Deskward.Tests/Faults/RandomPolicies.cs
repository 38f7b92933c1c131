using Deskward.DesiredState;
using Deskward.Groups;
using Deskward.Platform;
using Xunit;

namespace Deskward.Faults;

/// <summary>The policy sets, assignments and the group of a made-up life, and what the audit trail must tell of them.</summary>
internal sealed class RandomPolicies
{
    private readonly FaultGround _ground;
    private readonly Guid[] _groups;
    private readonly PolicySetVersion?[] _sets = new PolicySetVersion?[3];
    private readonly List<(Guid Id, int Set)> _assignments = [];
    private readonly Dictionary<string, int> _done = [];

    private RandomPolicies(FaultGround ground, Guid[] groups) => (_ground, _groups) = (ground, groups);

    internal static async Task<RandomPolicies> BeginAsync(FaultGround ground)
    {
        var group = FaultGround.Granted(await ground.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.CreateAsync(ground.Customer.Id, "Some", CancellationToken.None)));
        return new RandomPolicies(ground, [await ground.AllPcsAsync(), group.Id]);
    }

    internal async Task NewVersionAsync(int set, Random chance)
    {
        var lines = Lines(chance);
        var made = _sets[set] is { } latest
            ? await _ground.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.AddVersionAsync(latest.PolicySetId, null, lines, CancellationToken.None))
            : await _ground.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.CreateAsync(_ground.Customer.Id, $"Set {set}", "", lines, CancellationToken.None));
        if (Count(made, _sets[set] is null ? "policyset.add" : "policyset.version"))
        {
            _sets[set] = made.Value;
            foreach (var (assignment, _) in _assignments.Where(each => each.Set == set).ToArray())
            {
                Count(await _ground.AsAsync<Assignments, Outcome<AssignmentResult>>(all => all.ChangeVersionAsync(assignment, null, made.Value!.Id, CancellationToken.None)), "assignment.change");
            }
        }
    }

    /// <summary>In which people assign: an exception comes from a request.</summary>
    internal static readonly Layer[] Layers = [Layer.Foundation, Layer.Profile, Layer.Customer];

    internal async Task AssignAsync(int set, Random chance)
    {
        if (_sets[set] is null)
        {
            await NewVersionAsync(set, chance);
        }

        var assigned = await _ground.AssignAsync(_sets[set]!.Id, _groups[chance.Next(2)], Layers[chance.Next(Layers.Length)]);
        if (Count(assigned, "assignment.add"))
        {
            _assignments.Add((assigned.Value!.Assignment.Id, set));
        }
    }

    internal async Task UnassignAsync(Random chance)
    {
        if (_assignments.Count > 0)
        {
            var at = chance.Next(_assignments.Count);
            var removed = await _ground.AsAsync<Assignments, Outcome<Assignment>>(all => all.RemoveAsync(_assignments[at].Id, null, CancellationToken.None));
            Assert.True(Count(removed, "assignment.remove"));
            _assignments.RemoveAt(at);
        }
    }

    internal Task JoinAsync(Guid device) => MoveAsync((groups, group) => groups.AddAsync(group, [device], CancellationToken.None), device, "group.join", joins: true);

    internal Task LeaveAsync(Guid device) => MoveAsync((groups, group) => groups.RemoveAsync(group, [device], CancellationToken.None), device, "group.leave", joins: false);

    /// <summary>The audit trail tells of each change once, and of nothing else.</summary>
    internal async Task AssertAuditedAsync()
    {
        foreach (var action in new[] { "policyset.add", "policyset.version", "assignment.add", "assignment.change", "assignment.remove", "group.join", "group.leave" })
        {
            Assert.Equal((action, _done.GetValueOrDefault(action)), (action, await _ground.AuditedAsync(action)));
        }
    }

    private readonly HashSet<Guid> _members = [];

    private async Task MoveAsync(Func<GroupMembership, Guid, Task<Outcome<Group>>> move, Guid device, string action, bool joins)
    {
        FaultGround.Granted(await _ground.AsAsync<GroupMembership, Outcome<Group>>(groups => move(groups, _groups[1])));
        if (joins ? _members.Add(device) : _members.Remove(device))
        {
            _done[action] = _done.GetValueOrDefault(action) + 1;
        }
    }

    private bool Count<T>(Outcome<T> outcome, string action)
    {
        _done[action] = _done.GetValueOrDefault(action) + (outcome.IsRefused ? 0 : 1);
        return !outcome.IsRefused;
    }

    private static SettingLine[] Lines(Random chance)
    {
        var chosen = Wishes.All.Where(_ => chance.Next(5) < 2).DefaultIfEmpty(Wishes.All[chance.Next(Wishes.All.Count)]);
        return [.. FaultGround.Lines(chosen.Select(wish => (wish.Path, wish.Values[chance.Next(wish.Values.Length)]))).Select(line => line with { IsOverridable = chance.Next(2) == 0 })];
    }
}
