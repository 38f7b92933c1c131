using Deskward.Platform;
using Deskward.Tenants;

namespace Deskward.Notices;

/// <summary>Whether mail can leave the service.</summary>
internal static class MailReadiness
{
    internal static readonly ReadinessCheck Check = new("mail", 60, LookAsync);

    private static async Task<ReadinessFinding> LookAsync(IServiceProvider services, Guid customer, CancellationToken cancellationToken)
    {
        var settings = services.GetRequiredService<ServiceSettings>();
        return settings.Mail is null ? new(Readiness.Advisory, "readiness.mail.none")
            : (await MailServerCheck.RunAsync(settings, cancellationToken)).All(finding => finding.Gravity == Gravity.Good) ? new(Readiness.Ready, "readiness.mail.works")
            : new(Readiness.NotReady, "readiness.mail.fails");
    }
}
