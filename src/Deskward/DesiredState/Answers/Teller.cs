using Deskward.Devices;

namespace Deskward.DesiredState.Answers;

/// <summary>Puts the answer for each setting of a PC together from what was read; pure.</summary>
internal sealed class Teller(Device device, IReadOnlyDictionary<Guid, Origin> origins, Decisions decisions, Rulings rulings, Evidence evidence)
{
    internal SettingExplanation Tell(DeviceSetting standing)
    {
        var path = standing.Path;
        if (rulings.Find(path) is not { } ruling)
        {
            return new SettingExplanation { Path = path, Wishes = [], Standing = evidence.Find(path) is { MayHold: true } ? standing : null };
        }

        var sent = rulings.Sent(path);
        return new SettingExplanation
        {
            Path = path,
            Wishes = [.. ruling.Fates.Select(fate => Describe(fate.Wish, fate.Fate)).OfType<ExplainedWish>()],
            Value = standing.Wanted,
            IsSecret = sent?.Setting.IsSecret ?? ruling.Fates.Any(fate => fate.Wish.Setting.IsSecret),
            IsConflict = ruling.IsConflict,
            WithheldBy = rulings.WithheldBy(path),
            Without = sent is { } wish ? Otherwise(path, wish) : null,
            Standing = standing,
        };
    }

    /// <summary>What the compiler would make of the others, and where that is nothing, what the planner would do.</summary>
    private Alternative Otherwise(string path, Wish sent)
    {
        var course = rulings.Without(sent.From.AssignmentId);
        if (course.Sent(path) is { } other)
        {
            return new Alternative(WithoutIt.Another, ValueOf(other), other.Setting.IsSecret, Describe(other, WishFate.Holds));
        }

        if (course.Disputes(path))
        {
            return new Alternative(WithoutIt.Disputed, null, false, null);
        }

        var entry = evidence.Find(path);
        return PlannerLeaving.WayOut(course.Target, path, entry) switch
        {
            null => new Alternative(WithoutIt.LeftBehind, null, false, null),
            { Work.Kind: WorkKind.Delete } => new Alternative(WithoutIt.Deleted, null, false, null),
            var way => new Alternative(entry?.Original is null ? WithoutIt.Default : WithoutIt.Restored, sent.Setting.IsSecret ? null : way.Value.Work.Value, sent.Setting.IsSecret, null),
        };
    }

    /// <summary>Null when the assignment went while this was asked.</summary>
    private ExplainedWish? Describe(Wish wish, WishFate fate)
    {
        if (!origins.TryGetValue(wish.From.AssignmentId, out var origin))
        {
            return null;
        }

        var joined = decisions.Joined(origin);
        return new ExplainedWish
        {
            AssignmentId = origin.AssignmentId,
            PolicySetId = origin.PolicySetId,
            PolicySet = origin.PolicySet,
            Version = origin.Number,
            Layer = wish.From.Layer,
            Group = origin.Group,
            GroupKind = origin.GroupKind,
            Value = ValueOf(wish),
            IsSecret = wish.Setting.IsSecret,
            IsOverridable = wish.Setting.IsOverridable,
            Fate = fate,
            Published = Decisions.Published(origin),
            Assigned = decisions.Assigned(origin),
            Joined = joined,
            Since = new[] { origin.AssignedAt, device.EnrolledAt, joined?.At ?? device.EnrolledAt }.Max(),
        };
    }

    private static string? ValueOf(Wish wish) => wish.Setting.IsSecret ? null : wish.Setting.Value;
}
