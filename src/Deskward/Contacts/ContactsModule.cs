using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Responsibilities;

namespace Deskward.Contacts;

internal static class ContactsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<AreaReaders>().AddScoped<ContactBook>().AddScoped<ContactsNeeded>().AddScoped<ContactReminders>();
        services.AddScoped<IRowEvidence, ContactEvidence>();
        services.AddSingleton(new RowWork("C7", "/contacts?customer={0}", ContactAreas.Duty)).AddSingleton(new RowWork("C7", "/security-contacts?customer={0}", ContactAreas.SecurityDuty));
        services.AddSingleton(ContactReminders.Kind).AddSingleton(ContactReminders.SecurityKind);
        services.AddScoped<CheckpointAddresses>().AddScoped<CheckpointMail>().AddSingleton(CheckpointMail.Kind).AddSingleton(CheckpointMail.Broken);
        services.AddSingleton(ContactReadiness.Check).AddSingleton(ContactReadiness.SecurityCheck);
        services.AddHostedService<ContactUpkeep>();
        services.AddHostedService<CheckpointRounds>();
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/contacts.csv", ContactCsv.OthersAsync).Serves(ContactAreas.Duty, DutyAction.Read).RequireAuthorization(Access.SignedIn);
        routes.MapGet("/security-contacts.csv", ContactCsv.SecurityAsync).Serves(ContactAreas.SecurityDuty, DutyAction.Read).RequireAuthorization(Access.SignedIn);
    }
}
