using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Protocol.Csp;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Reports;

/// <summary>One setting of one PC, as its page shows it.</summary>
public sealed record DeviceSetting
{
    public required string Path { get; init; }

    /// <summary>What is wanted; null when secret, or when nothing is wanted any more.</summary>
    public string? Wanted { get; init; }

    public bool IsSecret { get; init; }

    public required SettingOutcome Outcome { get; init; }

    /// <summary>The cause as it was recorded: what the PC answered or showed; null when the outcome says all.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when it stands like this; null when it is not known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When it is tried again; null: not by itself.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    public int Attempts { get; init; }

    /// <summary>The assignment the value comes from; null when none holds.</summary>
    public Guid? Assignment { get; init; }
}

/// <summary>Puts together what a PC should look like, how each setting stands, and where it comes from.</summary>
public sealed class DeviceSettings(DeskwardContext db, DocumentStore documents)
{
    /// <summary>Every setting: those that need somebody first, then by path.</summary>
    internal async Task<List<DeviceSetting>> ReadAsync(Device device, CancellationToken cancellationToken)
    {
        var wanted = await documents.CurrentAsync(db, device.TenantId, device.AssignmentSetId, cancellationToken);
        var open = await db.Set<OpenSetting>().AsNoTracking().Where(row => row.DeviceId == device.Id).ToDictionaryAsync(row => row.Path, cancellationToken);
        var settled = device.SettledHash is { } hash && hash.AsSpan().SequenceEqual(wanted.Hash);
        var settings = wanted.Settings.Select(setting => Of(setting, open.GetValueOrDefault(setting.Path), settled)).ToList();
        var paths = settings.Select(setting => setting.Path).ToHashSet(StringComparer.Ordinal);
        settings.AddRange(open.Values.Where(row => !paths.Contains(row.Path)).Select(row => Of(row.Path, row)));
        settings.AddRange(wanted.Disputed.Where(path => !open.ContainsKey(path)).Select(path => new DeviceSetting { Path = path, Outcome = SettingOutcome.Conflict }));
        return [.. settings.OrderBy(setting => Urgency(setting.Outcome)).ThenBy(setting => setting.Path, StringComparer.Ordinal)];
    }

    /// <summary>Names of the policy sets behind the settings, by assignment.</summary>
    internal Task<Dictionary<Guid, string>> OriginsAsync(Device device, CancellationToken cancellationToken) => db.Set<Assignment>().Where(row => row.TenantId == device.TenantId)
        .Join(db.Set<PolicySet>(), row => row.PolicySetId, set => set.Id, (row, set) => new { row.Id, set.Name }).ToDictionaryAsync(row => row.Id, row => row.Name, cancellationToken);

    private static DeviceSetting Of(TargetSetting setting, OpenSetting? open, bool settled) => (open is null ? null : Of(setting.Path, open)) switch
    {
        { } standing => standing with { Wanted = setting.IsSecret ? null : setting.Value, IsSecret = setting.IsSecret, Assignment = setting.AssignmentId },
        null => new DeviceSetting
        {
            Path = setting.Path,
            Wanted = setting.IsSecret ? null : setting.Value,
            IsSecret = setting.IsSecret,
            Assignment = setting.AssignmentId,
            Outcome = !settled ? SettingOutcome.Waiting : Catalogue.Default.Find(setting.Path)?.CanRead == true ? SettingOutcome.Verified : SettingOutcome.Acknowledged,
        },
    };

    private static DeviceSetting Of(string path, OpenSetting open) => new()
    {
        Path = path, Outcome = open.Outcome, Reason = open.Reason, Since = open.Since, RetryAt = open.RetryAt, Attempts = open.Attempts,
    };

    private static int Urgency(SettingOutcome outcome) => outcome switch
    {
        SettingOutcome.Failed => 0,
        SettingOutcome.Conflict => 1,
        SettingOutcome.Waiting => 2,
        SettingOutcome.LeftBehind => 3,
        SettingOutcome.NotApplicable => 4,
        SettingOutcome.Acknowledged or SettingOutcome.Verified => 5,
    };
}
