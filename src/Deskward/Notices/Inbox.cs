using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Notices;

/// <summary>
/// A person's own messages in the portal. They are read in scopes of their own, with all organisations open that the person could reach: what was told to
/// a provider's person about a customer stays told when the access that it was about has ended. Nothing but the person's own messages is asked for.
/// </summary>
internal sealed class Inbox(IServiceScopeFactory scopes, TimeProvider time)
{
    internal Task<int> CountUnreadAsync(Guid person, IEnumerable<Guid> reach, CancellationToken cancellationToken) =>
        InAsync(reach, db => Unread(db, person).CountAsync(cancellationToken));

    /// <summary>A page of messages, newest first, and how many there are.</summary>
    internal Task<(List<SentNotice> Messages, long Total)> ListAsync(Guid person, IEnumerable<Guid> reach, bool unreadOnly, int skip, int take, CancellationToken cancellationToken) =>
        InAsync(reach, async db =>
        {
            var messages = unreadOnly ? Unread(db, person) : Of(db, person);
            return (await messages.AsNoTracking().OrderByDescending(row => row.At).ThenByDescending(row => row.Id).Skip(skip).Take(take).ToListAsync(cancellationToken),
                await messages.LongCountAsync(cancellationToken));
        });

    /// <summary>Marks one message as read, or all; another's are left alone.</summary>
    internal Task MarkReadAsync(Guid person, IEnumerable<Guid> reach, Guid? id, CancellationToken cancellationToken)
    {
        var now = time.Now();
        return InAsync(reach, db => Unread(db, person).Where(row => id == null || row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.ReadAt, now), cancellationToken));
    }

    private async Task<T> InAsync<T>(IEnumerable<Guid> reach, Func<DeskwardContext, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(reach);
        return await work(scope.ServiceProvider.GetRequiredService<DeskwardContext>());
    }

    private static IQueryable<SentNotice> Of(DeskwardContext db, Guid person) => db.Set<SentNotice>().Where(row => row.PersonId == person && row.IsInPortal);

    private static IQueryable<SentNotice> Unread(DeskwardContext db, Guid person) => Of(db, person).Where(row => row.ReadAt == null);
}
