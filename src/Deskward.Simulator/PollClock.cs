using System.Globalization;

namespace Deskward.Simulator;

/// <summary>When the next session is due: three rows of (number, minutes), of which a number of 0 means for ever (protocol facts 2.8).</summary>
internal readonly record struct PollClock((int Count, int Minutes) First, (int Count, int Minutes) Second, (int Count, int Minutes) Remaining)
{
    /// <summary>What the nodes say now.</summary>
    public static PollClock Read(CspTree tree, string providerId)
    {
        var poll = PcNodes.Provider(providerId) + "/Poll/";
        return new PollClock(
            (Number("NumberOfFirstRetries"), Number("IntervalForFirstSetOfRetries")),
            (Number("NumberOfSecondRetries"), Number("IntervalForSecondSetOfRetries")),
            (Number("NumberOfRemainingScheduledRetries"), Number("IntervalForRemainingScheduledRetries")));

        int Number(string node) => int.TryParse(tree.Read(poll + node), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    /// <summary>The first due instant after the last session.</summary>
    /// <param name="start">When the schedule began: enrolment, or its last change.</param>
    /// <param name="last">The last session.</param>
    public DateTimeOffset Next(DateTimeOffset start, DateTimeOffset last)
    {
        var from = start;
        foreach (var (count, minutes) in (ReadOnlySpan<(int, int)>)[First, Second, Remaining])
        {
            if (minutes == 0)
            {
                continue;
            }
            var step = TimeSpan.FromMinutes(minutes);
            var next = from + step * (Math.Max(0, Math.Floor((last - from) / step)) + 1);
            if (count == 0 || next <= from + step * count)
            {
                return next;
            }
            from += step * count;
        }
        // Without a row that goes on for ever Windows makes a daily task of its own.
        var days = Math.Max(0, Math.Floor((last - from) / TimeSpan.FromDays(1))) + 1;
        return from + TimeSpan.FromDays(days);
    }
}
