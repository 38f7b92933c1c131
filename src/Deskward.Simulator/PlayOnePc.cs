using System.Globalization;

namespace Deskward.Simulator;

/// <summary>Plays one PC on a console: enrols it, signs its person in, and synchronises until the service leaves it in peace.</summary>
public static class PlayOnePc
{
    /// <param name="pc">The PC; not enrolled yet, or saved after an enrolment.</param>
    /// <param name="ticket">What is typed at it; null when it is enrolled.</param>
    /// <param name="output">Takes one line per step, and every violation.</param>
    /// <param name="cancellation">Ends the play.</param>
    /// <returns>0 when everything went well and the service broke no rule, else 1.</returns>
    public static async Task<int> RunAsync(VirtualPc pc, EnrolmentTicket? ticket, TextWriter output, CancellationToken cancellation = default)
    {
        await SayAsync(output, $"{pc.Identity.Name} {pc.Identity.DeviceId}: {pc.Identity.Manufacturer} {pc.Identity.Model}, Windows {pc.Identity.OsVersion}").ConfigureAwait(false);
        if (ticket is not null && !pc.IsEnrolled)
        {
            var enrolled = await pc.EnrolAsync(ticket, cancellation).ConfigureAwait(false);
            await SayAsync(output, $"{(enrolled.Succeeded ? "enrolled" : $"not enrolled: 0x{enrolled.HResult:X8} {enrolled.Reason}")} ({enrolled.Duration.TotalMilliseconds:F0} ms)").ConfigureAwait(false);
            await SayAsync(output, enrolled.Violations).ConfigureAwait(false);
            if (!enrolled.Succeeded || enrolled.Violations.Count > 0)
            {
                return 1;
            }
        }
        if (pc.Owner is { } owner)
        {
            pc.SignIn(owner);
        }
        for (var session = 1; session <= 10; session++)
        {
            var report = await pc.SyncAsync(cancellation).ConfigureAwait(false);
            var failed = report.CarriedOut.Count(each => each.Status >= 300);
            await SayAsync(output, $"session {session}: {report.Outcome}, {report.Messages} messages, {report.Commands} commands, {failed} refused ({report.Duration.TotalMilliseconds:F0} ms) {report.Reason}").ConfigureAwait(false);
            await SayAsync(output, report.Violations).ConfigureAwait(false);
            if (!report.IsClean || report.Commands == 0)
            {
                return report.IsClean ? 0 : 1;
            }
        }
        return 1;
    }

    private static async Task SayAsync(TextWriter output, IEnumerable<Violation> violations)
    {
        foreach (var violation in violations)
        {
            await output.WriteLineAsync($"violation: {violation}").ConfigureAwait(false);
        }
    }

    private static Task SayAsync(TextWriter output, FormattableString line) => output.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture).TrimEnd());
}
