using System.Globalization;
using Deskward.DesiredState;
using Deskward.Platform;
using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>A value that the management client of a PC should have.</summary>
internal sealed record ClientSetting(string Path, string Format, string Value);

/// <summary>
/// What a PC was told about its management client when it enrolled (DMClient): how often it calls, that it signs, and our id of it. Looked at with
/// the facts of the machine, once a day, and written again where it differs: a schedule that somebody slowed down would hide everything else.
/// </summary>
internal static class ClientSettings
{
    private const string Ours = "/Vendor/MSFT/DMClient/Provider/Deskward/";
    private const string Provider = "./Device/Vendor/MSFT/DMClient/Provider/Deskward";

    /// <summary>The values for one PC, without those that a policy set decides.</summary>
    internal static IReadOnlyList<ClientSetting> For(ServiceSettings settings, Guid device, PlannerTarget target)
    {
        var decided = target.Settings.Where(setting => setting.Path.Contains(Ours, StringComparison.OrdinalIgnoreCase)).Select(setting => setting.Path).ToArray();
        return [.. All(settings, device).Where(own => !decided.Any(path => path.EndsWith(own.Path["./Device".Length..], StringComparison.OrdinalIgnoreCase)))];
    }

    private static IEnumerable<ClientSetting> All(ServiceSettings settings, Guid device)
    {
        var poll = settings.Poll;
        yield return new ClientSetting($"{Provider}/EntDMID", SyncFormat.Text, device.ToString("D"));
        yield return Poll("NumberOfFirstRetries", poll.First.Count);
        yield return Poll("IntervalForFirstSetOfRetries", poll.First.Minutes);
        yield return Poll("NumberOfSecondRetries", poll.Second.Count);
        yield return Poll("IntervalForSecondSetOfRetries", poll.Second.Minutes);
        yield return Poll("NumberOfRemainingScheduledRetries", poll.Remaining.Count);
        yield return Poll("IntervalForRemainingScheduledRetries", poll.Remaining.Minutes);
        yield return new ClientSetting($"{Provider}/Poll/PollOnLogin", "bool", poll.OnLogin ? "true" : "false");
        if (settings.RequireMessageSigning)
        {
            yield return new ClientSetting(FirstStep.SigningPath, "bool", "true");
        }
    }

    private static ClientSetting Poll(string node, int value) => new($"{Provider}/Poll/{node}", "int", value.ToString(CultureInfo.InvariantCulture));
}
