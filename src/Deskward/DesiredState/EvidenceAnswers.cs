using Deskward.Protocol.Csp;
using Deskward.Protocol.SyncMl;

namespace Deskward.DesiredState;

/// <summary>A value that the PC showed otherwise than it had acknowledged.</summary>
/// <param name="Path">The setting.</param>
/// <param name="Found">What the PC showed; null when it has none.</param>
public sealed record FoundDrift(string Path, string? Found);

/// <summary>What a PC's answers mean for the evidence.</summary>
public static class EvidenceAnswers
{
    /// <summary>How the reason begins when the PC shows something else than what is wanted; what it shows follows.</summary>
    internal const string ShowsAnother = "The PC shows another value: ";

    /// <summary>How the reason begins when what we wrote stands and something else is in force; what is in force follows.</summary>
    internal const string Overruled = "Written, but another authority's value is in force: ";

    private const int LongestDetail = 300;

    /// <summary>The Status of a single command.</summary>
    internal static void Answered(this Evidence evidence, Work work, int status, string? detail, DateTimeOffset now)
    {
        switch (work.Kind)
        {
            case WorkKind.Add when work.IsNewNode:
                break;
            case WorkKind.Add or WorkKind.Replace:
                Written(evidence, work, status, Cut(detail), now);
                break;
            case WorkKind.Delete:
                Deleted(evidence, work.Path, status, Cut(detail), now);
                break;
            case WorkKind.Restore when SyncStatus.IsSuccess(status):
                evidence.Remove(work.Path);
                break;
            case WorkKind.Restore when SyncStatus.IsNotApplicable(status):
                evidence.Open(work.Path).Stand(Standing.LeftBehind, now, status, Cut(detail));
                break;
            case WorkKind.Restore:
                evidence.Open(work.Path).Fail(now, status, Cut(detail));
                break;
            case WorkKind.Read or WorkKind.ReadOriginal when !SyncStatus.IsSuccess(status):
                Unreadable(evidence, work, status, now);
                break;
            case WorkKind.ReadResult when !SyncStatus.IsSuccess(status):
                InForce(evidence.Open(work.Path), null, null, now);
                break;
            case WorkKind.Read or WorkKind.ReadOriginal or WorkKind.ReadResult or WorkKind.ReadWritten:
                break;
        }
    }

    /// <summary>The end of an Atomic: it holds or fails as one, and the member that made it fail says why.</summary>
    /// <param name="evidence">The PC's evidence.</param>
    /// <param name="members">The commands inside with the Status each got; 0 when none came.</param>
    /// <param name="status">Status of the Atomic itself.</param>
    /// <param name="now">When the answer came.</param>
    internal static void AtomicAnswered(this Evidence evidence, IReadOnlyList<(Work Work, int Status, string? Detail)> members, int status, DateTimeOffset now)
    {
        if (SyncStatus.IsSuccess(status))
        {
            foreach (var (work, _, detail) in members)
            {
                evidence.Answered(work, SyncStatus.Ok, detail, now);
            }

            return;
        }

        var culprit = members.FirstOrDefault(member => IsOwnFailure(member.Status));
        var (code, reason) = culprit.Work is null ? (status, null) : (culprit.Status, Cut(culprit.Detail));
        members = [.. members.Where(member => !member.Work.IsNewNode)];
        if (culprit.Work is { } failing && members.Count > 0 && Turns(failing, code, evidence.Find(failing.Path)) && evidence.Open(members[0].Work.Path).Tries < EvidenceEntry.MostTries)
        {
            // What one member shows of the named node holds for all of them.
            foreach (var (work, _, _) in members)
            {
                evidence.Open(work.Path).Exists = failing.Kind == WorkKind.Add;
            }

            return;
        }

        foreach (var (work, _, _) in members)
        {
            if (SyncStatus.IsNotApplicable(code))
            {
                evidence.Open(work.Path).Stand(Standing.NotApplicable, now, code, reason);
            }
            else
            {
                evidence.Open(work.Path).Fail(now, code, reason);
            }
        }
    }

    /// <summary>The PC showed a value.</summary>
    /// <param name="evidence">The PC's evidence.</param>
    /// <param name="setting">The setting as it is wanted; null when it is not wanted any more.</param>
    /// <param name="work">The Get that was answered.</param>
    /// <param name="value">What it showed; null when it has none.</param>
    /// <param name="now">When.</param>
    /// <returns>The drift, when a value that had been shown before was found changed.</returns>
    internal static FoundDrift? Shown(this Evidence evidence, PlannerSetting? setting, Work work, string? value, DateTimeOffset now)
    {
        if (work.Kind == WorkKind.ReadWritten)
        {
            ShownAsWritten(evidence.Find(work.Path), setting, value, now);
            return null;
        }

        var entry = evidence.Open(work.Path);
        if (work.Kind == WorkKind.ReadOriginal)
        {
            (entry.Original, entry.OriginalRead, entry.At) = (value, true, now);
            return null;
        }

        if (work.Kind == WorkKind.ReadResult)
        {
            InForce(entry, setting, value, now);
            return null;
        }

        entry.ReadAt = now;
        if (setting is null || (entry.Value != setting.ValueHash && !evidence.ReadsFirst))
        {
            return null;
        }

        if (CanonicalValue.Same(setting.Node, setting.Setting.Value, value))
        {
            entry.Value = setting.ValueHash;
            entry.Exists = true;
            entry.Stand(Standing.Verified, entry.Standing == Standing.Verified ? entry.At : now);
            return null;
        }

        return Different(evidence, entry, value, now);
    }

    /// <summary>
    /// The PC says that work at a node has ended, well or not: what is known of the node, of what lies below and of what it hangs on is read again.
    /// Where nothing can be read, the PC's word counts: 0 is success.
    /// </summary>
    internal static void Ended(this Evidence evidence, PlannerTarget target, string source, string? data, DateTimeOffset now)
    {
        var node = LocUri.KeyOf(source);
        foreach (var entry in evidence.Entries.Where(entry => LocUri.IsAtOrBelow(LocUri.KeyOf(entry.Path), node) || LocUri.IsAtOrBelow(node, LocUri.KeyOf(entry.Path))))
        {
            if (target.Find(entry.Path) is { CanRead: true })
            {
                entry.ReadAt = entry.Standing is Standing.Acknowledged or Standing.Verified ? null : entry.ReadAt;
                entry.RetryAt = entry.Standing == Standing.Pending ? now : entry.RetryAt;
            }
            else if (entry.Standing == Standing.Pending && (data is null || data.Trim() == "0"))
            {
                entry.Stand(Standing.Acknowledged, now);
            }
            else if (entry.Standing == Standing.Pending)
            {
                entry.Fail(now, 0, Cut("The PC reports: " + data));
            }
        }
    }

    /// <summary>
    /// The PC said what is in force. A PC that says nothing proves nothing; and while what is written is itself being repaired, its value is in force
    /// and no other authority's: that is asked again afterwards.
    /// </summary>
    private static void InForce(EvidenceEntry entry, PlannerSetting? setting, string? value, DateTimeOffset now)
    {
        if (entry.Standing is not (Standing.Acknowledged or Standing.Verified) || (setting is not null && entry.Value != setting.ValueHash))
        {
            return;
        }

        var other = setting is null || value is null || CanonicalValue.Same(setting.Node, setting.Setting.Value, value) ? null : Cut(value);
        entry.At = (other is null) == (entry.InForce is null) ? entry.At : now;
        (entry.InForce, entry.ResultDue) = (other, false);
    }

    // The commands of a message are not bound to be carried out in their order: what was read before the write is no evidence against it.
    private static void ShownAsWritten(EvidenceEntry? entry, PlannerSetting? setting, string? value, DateTimeOffset now)
    {
        if (entry?.Standing == Standing.Acknowledged && entry.Value == setting?.ValueHash && CanonicalValue.Same(setting.Node, setting.Setting.Value, value))
        {
            entry.ReadAt = now;
            entry.Stand(Standing.Verified, now);
        }
    }

    private static FoundDrift? Different(Evidence evidence, EvidenceEntry entry, string? value, DateTimeOffset now)
    {
        if (evidence.ReadsFirst)
        {
            entry.Exists = value is not null;
            entry.Stand(Standing.Sent, now);
            return null;
        }

        (entry.InForce, entry.ResultDue) = (null, EvidenceEntry.IsPolicy(entry.Path));
        var detail = Cut(value is null ? "The PC shows no value." : ShowsAnother + value);
        if (entry.Tries > 0 || entry.Standing == Standing.Pending)
        {
            entry.Fail(now, 0, detail);
            return null;
        }

        entry.Exists = value is not null;
        entry.Drift(now, detail);
        return new FoundDrift(entry.Path, value);
    }

    private static void Written(Evidence evidence, Work work, int status, string? detail, DateTimeOffset now)
    {
        var entry = evidence.Open(work.Path);
        if (SyncStatus.IsSuccess(status))
        {
            (entry.Exists, entry.ReadAt) = (true, null);
            entry.Stand(Standing.Acknowledged, now);
        }
        else if (status == SyncStatus.Accepted)
        {
            entry.Exists = true;
            entry.Stand(Standing.Pending, now, status, detail);
            entry.RetryAt = Evidence.LookAgain(now);
        }
        else if (!Retried(entry, work, status))
        {
            if (SyncStatus.IsNotApplicable(status))
            {
                entry.Stand(Standing.NotApplicable, now, status, detail);
            }
            else
            {
                entry.Fail(now, status, detail);
            }
        }
    }

    private static bool Retried(EvidenceEntry entry, Work work, int status)
    {
        if (!Turns(work, status, entry) || entry.Tries >= EvidenceEntry.MostTries)
        {
            return false;
        }

        entry.Exists = work.Kind == WorkKind.Add;
        return true;
    }

    // Add of what is there becomes Replace, Replace of what is not there becomes Add; the planner sees it in Exists, and Tries bounds it.
    private static bool Turns(Work work, int status, EvidenceEntry? entry) =>
        (work.Kind == WorkKind.Add && status == SyncStatus.AlreadyExists) || (work.Kind == WorkKind.Replace && status == SyncStatus.NotFound && entry?.Exists == true);

    private static void Deleted(Evidence evidence, string path, int status, string? detail, DateTimeOffset now)
    {
        foreach (var entry in evidence.AtOrBelow(path))
        {
            if (SyncStatus.IsSuccess(status) || status == SyncStatus.NotFound)
            {
                evidence.Remove(entry.Path);
            }
            else if (status is SyncStatus.NotAllowed or SyncStatus.NotSupported)
            {
                entry.CannotDelete = true;
            }
            else
            {
                entry.Fail(now, status, detail);
            }
        }
    }

    private static void Unreadable(Evidence evidence, Work work, int status, DateTimeOffset now)
    {
        var entry = evidence.Open(work.Path);
        if (work.Kind == WorkKind.ReadOriginal)
        {
            (entry.OriginalRead, entry.At) = (true, now);
            return;
        }

        entry.ReadAt = now;
        if (entry.Standing == Standing.Verified)
        {
            entry.Stand(Standing.Acknowledged, now, status);
        }

        entry.ReadAt = now;
    }

    private static bool IsOwnFailure(int status) =>
        status != 0 && !SyncStatus.IsSuccess(status) && status is not (SyncStatus.Accepted or SyncStatus.RolledBack or SyncStatus.NotExecuted or SyncStatus.Cancelled or SyncStatus.AtomicFailed);

    private static string? Cut(string? text) => text is null ? null : Devices.ReportedText.Clean(text, LongestDetail);
}
