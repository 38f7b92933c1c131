using System.Collections.Concurrent;
using Deskward.Protocol.SyncMl;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Sessions;

/// <summary>
/// Where exchanges are carried out, one at a time in each: a place keeps its context, its connection and its statements for the next PC, because making
/// them anew costs as much as answering. There are never more of them than the node carries out exchanges at the same time.
/// Between two PCs nothing is loaded and no organisation is open; a place where anything but an answer came out is not used again.
/// </summary>
internal sealed class ExchangePlaces(IServiceScopeFactory scopes) : IAsyncDisposable
{
    private const int MostAttempts = 3;
    private readonly ConcurrentBag<Place> _free = [];

    /// <summary>
    /// Answers a message. Once more, from the beginning, when somebody changed the PC's row in the portal at the same time, and when the connection did not outlive a
    /// restart of the database: nothing of the message was done, and one that lay in the pool may be as dead as that of a place.
    /// </summary>
    internal async Task<ExchangeResult> AnswerAsync(Identified sender, SyncMlMessage message, byte[] bodyHash, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var place = _free.TryTake(out var free) ? free : new Place(scopes.CreateAsyncScope());
            var isKept = false;
            try
            {
                var result = await place.Exchange.AnswerAsync(sender, message, bodyHash, cancellationToken);
                isKept = await place.LeaveAsync();
                return result;
            }
            catch (DbUpdateConcurrencyException) when (attempt < MostAttempts)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            catch (Exception exception) when (attempt < MostAttempts && place.WasCutBy(exception) && exception is not OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            finally
            {
                await (isKept ? ReturnAsync(place) : place.DisposeAsync());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_free.TryTake(out var place))
        {
            await place.DisposeAsync();
        }
    }

    private ValueTask ReturnAsync(Place place)
    {
        _free.Add(place);
        return ValueTask.CompletedTask;
    }

    private sealed class Place(AsyncServiceScope scope) : IAsyncDisposable
    {
        private readonly ExchangeTurn _turn = scope.ServiceProvider.GetRequiredService<ExchangeTurn>();
        internal Exchange Exchange { get; } = scope.ServiceProvider.GetRequiredService<Exchange>();

        /// <summary>A connection was lost, and nothing was saved.</summary>
        internal bool WasCutBy(Exception exception) => _turn.WasCutBy(exception);

        /// <summary>Clears the place; whether it can be used again.</summary>
        internal async Task<bool> LeaveAsync()
        {
            var isKept = _turn.HasCommitted;
            await _turn.EndAsync();
            return isKept;
        }

        public ValueTask DisposeAsync() => scope.DisposeAsync();
    }
}
