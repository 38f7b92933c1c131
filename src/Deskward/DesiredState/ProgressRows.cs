using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>Keeps a row for each setting of a PC that is neither Verified nor Acknowledged.</summary>
public static class ProgressRows
{
    private const int LongestPath = 1000;
    private const int LongestReason = 500;

    /// <summary>Brings the rows in line with the outcomes; the caller saves.</summary>
    internal static async Task SaveAsync(DeskwardContext db, DeviceProgress progress, IEnumerable<SettingProgress> outcomes, CancellationToken cancellationToken)
    {
        var rows = progress.HasOpenSettings
            ? await db.Set<OpenSetting>().Where(row => row.DeviceId == progress.DeviceId).ToDictionaryAsync(row => row.Path, StringComparer.Ordinal, cancellationToken)
            : new Dictionary<string, OpenSetting>(StringComparer.Ordinal);
        progress.HasOpenSettings = false;
        foreach (var outcome in outcomes.Where(outcome => !outcome.IsPlain && outcome.Path.Length <= LongestPath).DistinctBy(outcome => outcome.Path))
        {
            progress.HasOpenSettings = true;
            if (!rows.Remove(outcome.Path, out var row))
            {
                row = new OpenSetting { DeviceId = progress.DeviceId, Path = outcome.Path, TenantId = progress.TenantId, Since = outcome.Since };
                db.Add(row);
            }

            if (row.Outcome != outcome.Outcome)
            {
                row.Since = outcome.Since;
            }

            (row.Outcome, row.Reason) = (outcome.Outcome, ReportedText.Clean(outcome.Reason, LongestReason));
            (row.Attempts, row.RetryAt) = (outcome.Attempts, outcome.RetryAt);
        }

        db.RemoveRange(rows.Values);
    }
}
