using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Tenants;

/// <summary>What every request may need of an organisation.</summary>
public sealed record OrganisationFacts(Guid Id, OrganisationKind Kind, string Name, string Domain)
{
    /// <summary>Whether an address lies in a domain of this organisation.</summary>
    public bool Owns(string address) => address.Length > Domain.Length + 1 && address.EndsWith('@' + Domain, StringComparison.OrdinalIgnoreCase);
}

/// <summary>
/// All organisations, kept on this node until one of them changes; while changes of other nodes do not arrive, read anew each time. Holds names
/// of all customers: what of it is shown to whom is decided by the reader's rights.
/// </summary>
public sealed class OrganisationList : IDisposable
{
    private readonly IServiceScopeFactory _scopes;
    private readonly ChangeFeed _feed;
    private volatile Kept? _kept;

    public OrganisationList(IServiceScopeFactory scopes, ChangeFeed feed)
    {
        (_scopes, _feed) = (scopes, feed);
        feed.Changed += Forget;
        feed.Lost += ForgetAll;
    }

    public void Dispose()
    {
        _feed.Changed -= Forget;
        _feed.Lost -= ForgetAll;
    }

    /// <summary>All of them, by name.</summary>
    internal async ValueTask<IReadOnlyList<OrganisationFacts>> AllAsync(CancellationToken cancellationToken)
    {
        if (_kept is { IsStale: false } kept && _feed.IsConnected)
        {
            return kept.All;
        }

        // What is kept is published before it is read: a change that comes while reading makes it stale.
        var reading = new Kept();
        _kept = reading;
        await using var scope = _scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        reading.All = await scope.ServiceProvider.GetRequiredService<DeskwardContext>().Set<Organisation>().AsNoTracking().OrderBy(row => row.Name)
            .Select(row => new OrganisationFacts(row.Id, row.Kind, row.Name, row.Domain)).ToListAsync(cancellationToken);
        reading.IsRead = true;
        return reading.All;
    }

    private void Forget(Change change)
    {
        if (change.Kind == "organisation")
        {
            ForgetAll();
        }
    }

    private void ForgetAll()
    {
        if (_kept is { } kept)
        {
            kept.IsBroken = true;
        }
    }

    private sealed class Kept
    {
        internal volatile bool IsRead;
        internal volatile bool IsBroken;

        internal IReadOnlyList<OrganisationFacts> All { get; set; } = [];

        internal bool IsStale => !IsRead || IsBroken;
    }
}
