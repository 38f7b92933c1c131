using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Grants;

/// <summary>
/// The grants that hold now, read anew each time: nothing is kept, so that an ended grant is refused by the next request on any node.
/// </summary>
public sealed class GrantBook(TimeProvider time)
{
    /// <summary>A grant that would last longer was given by another clock, which went back since; nodes may differ by some minutes.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(AccessRequest.MostHours) + TimeSpan.FromMinutes(5);

    /// <inheritdoc cref="GrantsOf"/>
    internal async Task<ILookup<Guid, GrantedRole>> OfAsync(DeskwardContext db, IReadOnlyCollection<Guid> people, CancellationToken cancellationToken)
    {
        var now = time.Now();
        return (await TenantLookup.GrantsAsync(db, people, cancellationToken))
            .Select(found => (found.PersonId, Grant: new GrantedRole(found.Id, found.TenantId, Enum.Parse<Role>(found.Role), Instants.OfMicroseconds(found.Until))))
            .Where(held => held.Grant.Until > now && held.Grant.Until <= now + Longest).ToLookup(held => held.PersonId, held => held.Grant);
    }

    /// <summary>Whether work that was begun by this grant may go on.</summary>
    /// <param name="db">Any context.</param>
    /// <param name="person">Who holds it.</param>
    /// <param name="grant">Which.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<bool> HoldsAsync(DeskwardContext db, Guid person, Guid grant, CancellationToken cancellationToken) =>
        (await OfAsync(db, [person], cancellationToken))[person].Any(held => held.Grant == grant);
}
