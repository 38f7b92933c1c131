using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Policies.Profiles;

/// <summary>When a node starts: what this version of the product ships and the provider has not yet. Tried again until the database answers.</summary>
[Serves("P1.policies", DutyAction.Act)]
internal sealed class ShippedAtStart(IServiceScopeFactory scopes, DatabaseOutage outage, TimeProvider time, ILogger<ShippedAtStart> log) : BackgroundService
{
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                if (await scope.ServiceProvider.GetRequiredService<ShippedPolicies>().EnsureAsync(stoppingToken) is { } refusal)
                {
                    PoliciesLog.NotShipped(log, refusal.Message);
                }

                return;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!outage.Notice(exception))
                {
                    PoliciesLog.ShippingFailed(log, exception);
                }
            }

            await Task.Delay(AgainAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
