using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;

namespace Deskward.Devices;

/// <summary>Once an hour, ends the retirements that no PC answered. Where two nodes meet, one of them tries again an hour later.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class EndOfRetirement(IServiceScopeFactory scopes, TimeProvider time, DatabaseOutage outage, ILogger<EndOfRetirement> log) : PeriodicWork(time, outage, log)
{
    protected override TimeSpan Every => TimeSpan.FromHours(1);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        await scope.ServiceProvider.GetRequiredService<DeviceDirectory>().EndRetirementsAsync(cancellationToken);
    }
}
