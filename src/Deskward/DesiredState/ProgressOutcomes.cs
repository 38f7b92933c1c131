using System.Globalization;

namespace Deskward.DesiredState;

/// <summary>How one setting stands on one PC, with the evidence behind it.</summary>
/// <param name="Path">The setting.</param>
/// <param name="Outcome">How it stands.</param>
/// <param name="Reason">Why, in a sentence that is safe to show; null when the outcome says all.</param>
/// <param name="Since">Since when.</param>
/// <param name="Attempts">Refused attempts.</param>
/// <param name="RetryAt">When it is tried again; null: not by itself.</param>
public sealed record SettingProgress(string Path, SettingOutcome Outcome, string? Reason, DateTimeOffset Since, int Attempts, DateTimeOffset? RetryAt)
{
    /// <summary>When the PC last showed its value; null: never.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>The outcome stands in the evidence alone, without a row of its own.</summary>
    internal bool IsPlain => Outcome is SettingOutcome.Verified or SettingOutcome.Acknowledged;
}

/// <summary>Turns evidence into outcomes.</summary>
public static class ProgressOutcomes
{
    /// <summary>Every setting of the document, every disputed path, and whatever has not left the PC yet.</summary>
    internal static List<SettingProgress> Of(PlannerTarget target, Evidence evidence, PlannerFacts facts)
    {
        var outcomes = new List<SettingProgress>(target.Settings.Count);
        foreach (var setting in target.Settings)
        {
            outcomes.Add(Of(setting, evidence.Find(setting.Path), facts));
        }

        outcomes.AddRange(target.Disputed.Select(path =>
            new SettingProgress(path, SettingOutcome.Conflict, "Two assignments set it to different values; it is not sent.", facts.Now, 0, null)));
        foreach (var entry in evidence.Entries.Where(entry => entry.MayHold && target.Find(entry.Path) is null))
        {
            outcomes.Add(Leaving(entry, facts));
        }

        return outcomes;
    }

    private static SettingProgress Of(PlannerSetting setting, EvidenceEntry? entry, PlannerFacts facts)
    {
        if (!facts.Applies(setting))
        {
            return new SettingProgress(setting.Path, SettingOutcome.NotApplicable, "This build, edition or kind of enrolment does not have it.", facts.Now, 0, null);
        }

        if (entry is null || entry.IsLeaving || (entry.Value != setting.ValueHash && entry.Standing is not (Standing.NotApplicable or Standing.Failed)))
        {
            return new SettingProgress(setting.Path, SettingOutcome.Waiting, facts.Reaches(setting.Path) ? "Not sent yet." : "Nobody is signed in.", facts.Now, 0, null);
        }

        if (entry.IsOverruled)
        {
            return new SettingProgress(setting.Path, SettingOutcome.Failed, EvidenceAnswers.Overruled + entry.InForce, entry.At, 0, null) { ReadAt = entry.ReadAt };
        }

        return new SettingProgress(setting.Path, Of(entry.Standing), Reason(entry), entry.At, entry.Attempts, entry.RetryAt) { ReadAt = entry.ReadAt };
    }

    private static SettingProgress Leaving(EvidenceEntry entry, PlannerFacts facts)
    {
        var outcome = entry.Standing switch
        {
            Standing.LeftBehind => SettingOutcome.LeftBehind,
            Standing.Failed when entry.IsLeaving => SettingOutcome.Failed,
            _ => SettingOutcome.Waiting,
        };
        var reason = outcome == SettingOutcome.Waiting ? facts.Reaches(entry.Path) ? "To be removed." : "To be removed when its user is signed in." : Reason(entry);
        return new SettingProgress(entry.Path, outcome, reason, entry.At, entry.Attempts, entry.RetryAt) { ReadAt = entry.ReadAt };
    }

    private static SettingOutcome Of(Standing standing) => standing switch
    {
        Standing.Verified => SettingOutcome.Verified,
        Standing.Acknowledged => SettingOutcome.Acknowledged,
        Standing.NotApplicable => SettingOutcome.NotApplicable,
        Standing.Failed => SettingOutcome.Failed,
        Standing.LeftBehind => SettingOutcome.LeftBehind,
        Standing.Untouched or Standing.Sent or Standing.Pending or Standing.Differs => SettingOutcome.Waiting,
    };

    private static string? Reason(EvidenceEntry entry) => (entry.Standing, entry.Status, entry.Detail) switch
    {
        (Standing.Acknowledged or Standing.Verified, _, _) => null,
        (Standing.Sent or Standing.Untouched, _, _) => "Sent; the PC has not answered yet.",
        (_, 0, var detail) => detail,
        (_, var status, null) => "Status " + status.ToString(CultureInfo.InvariantCulture),
        (_, var status, var detail) => $"Status {status.ToString(CultureInfo.InvariantCulture)}: {detail}",
    };
}
