using Deskward.Devices;
using Deskward.Groups.Rings;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;

namespace Deskward.Registration;

internal static class RegistrationModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<Registrations>().AddScoped<Admission>().AddScoped<PcNames>();
        services.AddSingleton<PlacementWished>(provider => (db, device, cancellationToken) => new Admission(db, provider.GetRequiredService<TimeProvider>()).WishAsync(db, device, cancellationToken));
        services.AddSingleton<DeviceArrived>(Admission.ArriveAsync);
        services.AddHostedService<RegistrationRounds>().AddHostedService<RenameRounds>();
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/registrations.csv", RegistrationCsv.AllAsync).Serves("platform.enrolment", DutyAction.Read).RequireAuthorization(Access.SignedIn);
        routes.MapGet("/registration-errors.csv", RegistrationCsv.ErrorsAsync).Serves("platform.enrolment", DutyAction.Read).RequireAuthorization(Access.SignedIn);
    }
}
