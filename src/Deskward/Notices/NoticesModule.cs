using Deskward.Platform;
using Deskward.Platform.Portal;
using Deskward.Tenants;

namespace Deskward.Notices;

internal static class NoticesModule
{
    /// <summary>A mail to oneself, to see whether mail works.</summary>
    internal static readonly NoticeKind Test = new("notices.test");

    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton(MailReadiness.Check);
        services.AddSingleton<OrganisationDeleting>(LinksOf.DeleteAsync);
        services.AddSingleton(Test);
        services.AddScoped<NoticeBoard>();
        services.AddScoped<MailLinks>();
        services.AddScoped<SentNotices>();
        services.AddSingleton<Inbox>();
        services.AddScoped<MailChoices>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<OutboxUpkeep>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxUpkeep>());
        services.AddSingleton<DoctorCheck>(MailServerCheck.RunAsync);
        services.AddSingleton<CountUnread>(provider => provider.GetRequiredService<Inbox>().CountUnreadAsync);
    }
}
