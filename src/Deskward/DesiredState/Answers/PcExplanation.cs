using Deskward.Audit;
using Deskward.Groups;

namespace Deskward.DesiredState.Answers;

/// <summary>A decision behind a value.</summary>
/// <param name="Action">What was done, in the audit's words, such as <c>assignment.add</c>.</param>
/// <param name="At">When.</param>
/// <param name="Kind">Person, program, PC or service; null when not recorded, and of versions, whose rows know the name alone.</param>
/// <param name="By">Who, by the name of that time; null when not recorded.</param>
public sealed record Decision(string Action, DateTimeOffset At, ActorKind? Kind, string? By);

/// <summary>One assignment's wish for a setting, with the decisions that brought it to the PC.</summary>
public sealed record ExplainedWish
{
    public required Guid AssignmentId { get; init; }

    public required Guid PolicySetId { get; init; }

    /// <summary>Name of the policy set.</summary>
    public required string PolicySet { get; init; }

    /// <summary>Number of its version.</summary>
    public required int Version { get; init; }

    public required Layer Layer { get; init; }

    /// <summary>Name of the group through which it reaches the PC.</summary>
    public required string Group { get; init; }

    public required GroupKind GroupKind { get; init; }

    /// <summary>What it wants, as the version holds it; null when secret.</summary>
    public string? Value { get; init; }

    public bool IsSecret { get; init; }

    /// <summary>A higher layer may override it.</summary>
    public bool IsOverridable { get; init; }

    /// <summary>What became of it.</summary>
    public required WishFate Fate { get; init; }

    /// <summary>Who published the version.</summary>
    public required Decision Published { get; init; }

    /// <summary>Who put the version on the group.</summary>
    public required Decision Assigned { get; init; }

    /// <summary>Why the PC is in the group; null when not recorded.</summary>
    public Decision? Joined { get; init; }

    /// <summary>Since when this version reaches the PC: the latest of what is recorded of the assignment, the membership and the enrolment.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>It did not get its value, and no rule lets that be so.</summary>
    public bool IsInConflict => Fate is WishFate.Refused or WishFate.Disputed;
}

/// <summary>What a setting would come to without the assignment whose value is sent.</summary>
public enum WithoutIt
{
    /// <summary>Another assignment's value would be sent.</summary>
    Another,

    /// <summary>The others dispute it, or what must be written with it: nothing would be sent, and what is there taken away.</summary>
    Disputed,

    /// <summary>It would be deleted from the PC: Windows does as it does without it.</summary>
    Deleted,

    /// <summary>The value would be written that the PC showed before the first change.</summary>
    Restored,

    /// <summary>The catalogue's default would be written.</summary>
    Default,

    /// <summary>It would stay as it is: the PC cannot undo it.</summary>
    LeftBehind,
}

/// <summary>The other course.</summary>
/// <param name="Kind">What would become of the setting.</param>
/// <param name="Value">The value that would be written; null when none would, or when it is secret.</param>
/// <param name="IsSecret">Whether that value is secret.</param>
/// <param name="From">Whose value it would be; null when nobody's.</param>
public sealed record Alternative(WithoutIt Kind, string? Value, bool IsSecret, ExplainedWish? From);

/// <summary>Why a setting has the value it has on a PC, and how it stands there.</summary>
public sealed record SettingExplanation
{
    /// <summary>LocURI as the document has it.</summary>
    public required string Path { get; init; }

    /// <summary>Who wants what, lowest layer first, with what became of it; empty when nobody wants anything.</summary>
    public required IReadOnlyList<ExplainedWish> Wishes { get; init; }

    /// <summary>What is sent, with the PC's own values in it; null when secret, or when nothing is sent.</summary>
    public string? Value { get; init; }

    public bool IsSecret { get; init; }

    /// <summary>Whether somebody did not get their value without a rule that lets it be so.</summary>
    public bool IsConflict { get; init; }

    /// <summary>Paths in dispute that must be written together with this one, which is therefore not sent; mostly empty.</summary>
    public IReadOnlyList<string> WithheldBy { get; init; } = [];

    /// <summary>What it would be without the assignment that holds; null when none holds.</summary>
    public Alternative? Without { get; init; }

    /// <summary>How it stands on the PC; null when it neither is wanted nor was.</summary>
    public DeviceSetting? Standing { get; init; }

    /// <summary>The wish whose value is sent; null when none is.</summary>
    public ExplainedWish? Holds => WithheldBy.Count > 0 ? null : Wishes.FirstOrDefault(wish => wish.Fate == WishFate.Holds);
}
