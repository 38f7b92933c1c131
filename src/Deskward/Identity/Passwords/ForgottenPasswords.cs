using System.Threading.Channels;
using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Identity.Passwords;

/// <summary>
/// Works on forgotten passwords after the page has answered, so that nobody can tell from the time of the answer whether there is such an address.
/// What a node has not worked on when it stops is asked for again by the person.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class ForgottenPasswords(IServiceScopeFactory scopes, DatabaseOutage outage, ILogger<ForgottenPasswords> log) : BackgroundService
{
    private readonly Channel<string> _waiting = Channel.CreateBounded<string>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Takes the address of somebody who says that the password is forgotten.</summary>
    internal void Take(string normalisedAddress) => _waiting.Writer.TryWrite(normalisedAddress);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var address in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<AccountLinks>().ForgottenAsync(address, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!outage.Notice(exception))
                {
                    IdentityLog.ForgottenFailed(log, exception);
                }
            }
        }
    }
}
