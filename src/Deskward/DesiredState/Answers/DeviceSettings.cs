using Deskward.Devices;
using Deskward.Platform;
using Deskward.Protocol.Csp;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Answers;

/// <summary>How one setting stands on one PC, as people are told.</summary>
public sealed record DeviceSetting
{
    public required string Path { get; init; }

    /// <summary>What is wanted, with the PC's own values in it; null when secret, or when nothing is wanted any more.</summary>
    public string? Wanted { get; init; }

    public bool IsSecret { get; init; }

    public required SettingOutcome Outcome { get; init; }

    /// <summary>The cause as it was recorded: what the PC answered or showed; null when the outcome says all.</summary>
    public string? Reason { get; init; }

    /// <summary>What the PC showed where that differs from what is wanted; null when it agrees, or when nothing was shown.</summary>
    public string? Reported { get; init; }

    /// <summary>Since when it stands like this; null when it is not known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When the PC last showed its value; null: never.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>When it is tried again; null: not by itself.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    public int Attempts { get; init; }

    /// <summary>The assignment the value comes from; null when none holds.</summary>
    public Guid? Assignment { get; init; }
}

/// <summary>Puts together what a PC should look like, how each setting stands, and where it comes from.</summary>
public sealed class DeviceSettings(DeskwardContext db, DocumentStore documents, TimeProvider time)
{
    /// <summary>Every setting: those that need somebody first, then by path.</summary>
    internal async Task<List<DeviceSetting>> ReadAsync(Device device, CancellationToken cancellationToken)
    {
        var document = await documents.CurrentAsync(db, device.TenantId, device.AssignmentSetId, cancellationToken);
        var known = await KnownAsync(db, device, cancellationToken);
        return [.. Of(device, PlannerTarget.Of(document), known, time.Now()).OrderBy(setting => Urgency(setting.Outcome)).ThenBy(setting => setting.Path, StringComparer.Ordinal)];
    }

    /// <summary>What the PC acknowledged and showed, and the rows of what is open.</summary>
    internal static async Task<(Evidence Evidence, Dictionary<string, OpenSetting> Open)> KnownAsync(DeskwardContext db, Device device, CancellationToken cancellationToken)
    {
        var record = await db.Set<DeviceProgress>().Where(row => row.DeviceId == device.Id).Select(row => row.Evidence).SingleOrDefaultAsync(cancellationToken);
        var open = await db.Set<OpenSetting>().AsNoTracking().Where(row => row.DeviceId == device.Id).ToDictionaryAsync(row => row.Path, cancellationToken);
        return (EvidenceCodec.Read(record) ?? new Evidence(), open);
    }

    /// <summary>How each setting of a document stands on a PC, and whatever has not left it yet.</summary>
    internal static IEnumerable<DeviceSetting> Of(Device device, PlannerTarget target, (Evidence Evidence, Dictionary<string, OpenSetting> Open) known, DateTimeOffset now)
    {
        var own = Overlay.Apply(target, new OverlayFacts(device.Id, device.HardwareId, device.Name, device.Serial, device.UserAddress));
        var facts = new PlannerFacts
        {
            Build = OsBuild.TryParse(device.OsBuild, out var build) ? build : null, Edition = device.Edition, IsDeviceEnrolment = device.IsDeviceEnrolment, Now = now,
        };
        return ProgressOutcomes.Of(own, known.Evidence, facts).Select(outcome => Of(outcome, own.Find(outcome.Path)?.Setting, known.Open.GetValueOrDefault(outcome.Path), now));
    }

    /// <summary>Names of the policy sets behind the settings, by assignment.</summary>
    internal Task<Dictionary<Guid, string>> OriginsAsync(Device device, CancellationToken cancellationToken) => db.Set<Assignment>().Where(row => row.TenantId == device.TenantId)
        .Join(db.Set<PolicySet>(), row => row.PolicySetId, set => set.Id, (row, set) => new { row.Id, set.Name }).ToDictionaryAsync(row => row.Id, row => row.Name, cancellationToken);

    /// <summary>What was not touched yet has no instant in the evidence; its row, if there is one, knows since when it waits.</summary>
    private static DeviceSetting Of(SettingProgress progress, TargetSetting? wanted, OpenSetting? open, DateTimeOffset now) => Told(new()
    {
        Path = progress.Path,
        Wanted = wanted is { IsSecret: false } ? wanted.Value : null,
        IsSecret = wanted?.IsSecret == true,
        Assignment = wanted?.AssignmentId,
        Outcome = progress.Outcome,
        Reason = progress.Reason ?? open?.Reason,
        Since = open?.Outcome == progress.Outcome ? open.Since : progress.Since == now ? null : progress.Since,
        ReadAt = progress.ReadAt,
        RetryAt = progress.RetryAt ?? open?.RetryAt,
        Attempts = progress.Attempts,
    });

    /// <summary>A value that the PC showed stands in the reason; a secret's is not repeated. What the outcome says already is left out.</summary>
    private static DeviceSetting Told(DeviceSetting setting) => setting.Reason?.StartsWith(EvidenceAnswers.ShowsAnother, StringComparison.Ordinal) == true
        ? setting with { Reported = setting.IsSecret ? null : setting.Reason[EvidenceAnswers.ShowsAnother.Length..], Reason = null }
        : setting.Reason?.StartsWith(EvidenceAnswers.Overruled, StringComparison.Ordinal) == true
        ? setting with { Reported = setting.IsSecret ? null : setting.Reason[EvidenceAnswers.Overruled.Length..], Reason = "Written, but another authority's value is in force." }
        : setting.Outcome is SettingOutcome.NotApplicable or SettingOutcome.Conflict ? setting with { Reason = setting.Reason?.StartsWith("Status", StringComparison.Ordinal) == true ? setting.Reason : null }
        : setting;

    private static int Urgency(SettingOutcome outcome) => outcome switch
    {
        SettingOutcome.Failed => 0,
        SettingOutcome.Conflict => 1,
        SettingOutcome.Waiting => 2,
        SettingOutcome.LeftBehind => 3,
        SettingOutcome.Acknowledged or SettingOutcome.Verified => 4,
        SettingOutcome.NotApplicable => 5,
    };
}
