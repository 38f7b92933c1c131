using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>Keeps a row for each setting of a PC that is neither Verified nor Acknowledged.</summary>
public static class ProgressRows
{
    private const int LongestPath = 1000;
    private const int LongestReason = 500;

    /// <summary>Brings the rows in line with the outcomes; the caller saves, and knows whether there are rows.</summary>
    internal static async Task SaveAsync(DeskwardContext db, Device device, IEnumerable<SettingProgress> outcomes, bool hasRows, CancellationToken cancellationToken)
    {
        var rows = hasRows
            ? await db.Set<OpenSetting>().Where(row => row.DeviceId == device.Id).ToDictionaryAsync(row => row.Path, StringComparer.Ordinal, cancellationToken)
            : new Dictionary<string, OpenSetting>(StringComparer.Ordinal);
        foreach (var outcome in outcomes.Where(outcome => !outcome.IsPlain && outcome.Path.Length <= LongestPath).DistinctBy(outcome => outcome.Path))
        {
            if (!rows.Remove(outcome.Path, out var row))
            {
                row = new OpenSetting { DeviceId = device.Id, Path = outcome.Path, TenantId = device.TenantId, Since = outcome.Since };
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
