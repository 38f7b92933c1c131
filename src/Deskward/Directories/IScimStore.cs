using Deskward.Protocol.Scim;

namespace Deskward.Directories;

/// <summary>One page of a list.</summary>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Resources">Of this page.</param>
internal sealed record ScimPage(long Total, IReadOnlyList<ScimResource> Resources);

/// <summary>The resources of one type, of the one organisation that is open. Each change is one transaction, with its audit rows.</summary>
/// <remarks>What is refused is a <see cref="ScimException"/>; a foreign identifier is refused as one that never was.</remarks>
internal interface IScimStore
{
    ScimResourceType Type { get; }

    /// <summary>The resource as the client is told it.</summary>
    /// <param name="id">As it came.</param>
    /// <param name="query">What of it is wanted; the answer may hold more.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<ScimResource> FindAsync(string id, ScimQuery query, CancellationToken cancellationToken);

    Task<ScimResource> CreateAsync(ScimResource sent, ScimQuery query, CancellationToken cancellationToken);

    /// <summary>Changes a resource by PUT or PATCH.</summary>
    /// <param name="id">As it came.</param>
    /// <param name="condition">Whether the change is still wanted; throws when it is not. Called with the entity tag.</param>
    /// <param name="change">Makes the resource anew from what it is.</param>
    /// <param name="query">What of it is wanted afterwards.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<ScimResource> ChangeAsync(string id, Action<string> condition, Func<ScimResource, ScimOutcome> change, ScimQuery query, CancellationToken cancellationToken);

    Task DeleteAsync(string id, Action<string> condition, CancellationToken cancellationToken);

    /// <param name="query">What the client asks.</param>
    /// <param name="filter">Its filter, read for this type; null: all.</param>
    /// <param name="skip">How many to leave out at the beginning.</param>
    /// <param name="take">How many at most.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<ScimPage> ListAsync(ScimQuery query, ScimFilter? filter, int skip, int take, CancellationToken cancellationToken);
}
