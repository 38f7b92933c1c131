using System.Globalization;
using Deskward.Protocol.Enrolment;

namespace Deskward.Simulator;

/// <summary>The nodes through which the management client itself is configured.</summary>
internal static class PcNodes
{
    public const string Renew = "./Device/Vendor/MSFT/CertificateStore/MY/WSTEP/Renew";

    public const string ManualUnenrolment = "./Device/Vendor/MSFT/Policy/Config/Experience/AllowManualMDMUnenrollment";

    public static string Provider(string providerId) => "./Device/Vendor/MSFT/DMClient/Provider/" + Uri.EscapeDataString(providerId);

    /// <summary>What the provisioning document leaves in the tree.</summary>
    public static IEnumerable<(string Path, string Value)> From(ProvisioningDocument document, PcIdentity pc, EnrolmentType type)
    {
        var provider = Provider(document.ProviderId);
        var client = document.Provider;
        yield return (provider, SettingStore.Interior);
        yield return (provider + "/HWDevID", pc.HardwareId);
        yield return (provider + "/EnrollmentType", type.ToString());
        yield return (provider + "/ManagementServiceAddress", document.Application.Address);
        yield return (provider + "/EnableOmaDmKeepAliveMessage", Text(client.KeepAlive));
        yield return (provider + "/RequireMessageSigning", Text(client.RequireMessageSigning));
        yield return (provider + "/SyncApplicationVersion", "1.0");
        yield return (provider + "/MaxSyncApplicationVersion", "5.0");
        yield return (provider + "/Push", SettingStore.Interior);
        yield return (provider + "/Push/Status", "0");
        if (client.DeviceManagementId is { } id)
        {
            yield return (provider + "/EntDMID", id);
        }
        if (client.Upn is { } upn)
        {
            yield return (provider + "/UPN", upn);
        }
        if (client.DeviceName is { } name)
        {
            yield return (provider + "/EntDeviceName", name);
        }
        foreach (var (node, value) in Poll(client.Poll))
        {
            yield return ($"{provider}/Poll{node}", value);
        }
        if (document.Renew is { } renew)
        {
            yield return (Renew + "/RenewPeriod", Text(renew.PeriodDays));
            yield return (Renew + "/RetryInterval", Text(renew.RetryDays));
            yield return (Renew + "/ROBOSupport", "true");
        }
        if (document.Renew?.ServerUrl is { } url)
        {
            yield return (Renew + "/ServerURL", url);
        }
    }

    private static IEnumerable<(string Node, string Value)> Poll(PollSchedule poll) =>
    [
        ("", SettingStore.Interior),
        ("/NumberOfFirstRetries", Text(poll.First.Count)),
        ("/IntervalForFirstSetOfRetries", Text(poll.First.Minutes)),
        ("/NumberOfSecondRetries", Text(poll.Second.Count)),
        ("/IntervalForSecondSetOfRetries", Text(poll.Second.Minutes)),
        ("/NumberOfRemainingScheduledRetries", Text(poll.Remaining.Count)),
        ("/IntervalForRemainingScheduledRetries", Text(poll.Remaining.Minutes)),
        ("/PollOnLogin", Text(poll.OnLogin)),
        ("/AllUsersPollOnFirstLogin", Text(poll.OnFirstLogin)),
    ];

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
