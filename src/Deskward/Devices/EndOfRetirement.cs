using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Devices;

/// <summary>Once an hour, ends the retirements that no PC answered. Every node does it; where two meet, one of them tries again an hour later.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class EndOfRetirement(IServiceScopeFactory scopes, TimeProvider time, ILogger<EndOfRetirement> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (!stoppingToken.IsCancellationRequested && await timer.WaitForNextTickAsync(stoppingToken))
        {
            await EndAsync(stoppingToken);
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
            await scope.ServiceProvider.GetRequiredService<DeviceDirectory>().EndRetirementsAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is DbUpdateException or System.Data.Common.DbException or OperationCanceledException)
        {
            DevicesLog.RetirementNotEnded(log, exception.Message);
        }
    }
}
