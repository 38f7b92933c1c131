using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Tenants;

/// <summary>What every request may need of an organisation.</summary>
public sealed record OrganisationFacts(Guid Id, OrganisationKind Kind, string Name, string Domain)
{
    public OrganisationState State { get; init; }

    /// <summary>The domains that are proven to be its own, lower case.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Nothing new goes out to its PCs.</summary>
    public bool IsHeld => State != OrganisationState.Active;

    /// <summary>Whether an address lies in a domain that this organisation has proven.</summary>
    public bool Owns(string address) => OrganisationDomain.Of(address) is { } domain && Domains.Contains(domain);
}

/// <summary>
/// All organisations, kept on this node until one of them changes; while changes of other nodes do not arrive, read anew each time. Holds names
/// of all customers: what of it is shown to whom is decided by the reader's rights.
/// </summary>
public sealed class OrganisationList : IDisposable
{
    /// <summary>The kind of change that tells of an organisation.</summary>
    public const string ChangeKind = "organisation";

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
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var proven = (await db.Set<OrganisationDomain>().AsNoTracking().Where(row => row.ProvenAt != null).OrderBy(row => row.Domain).ToListAsync(cancellationToken)).ToLookup(row => row.TenantId, row => row.Domain);
        var rows = await db.Set<Organisation>().AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellationToken);
        reading.All = [.. rows.Select(row => new OrganisationFacts(row.Id, row.Kind, row.Name, row.Domain) { State = row.State, Domains = [.. proven[row.Id]] })];
        reading.IsRead = true;
        return reading.All;
    }

    /// <summary>Whether nothing new goes out to the organisation's PCs.</summary>
    public async ValueTask<bool> IsHeldAsync(Guid organisation, CancellationToken cancellationToken) => (await AllAsync(cancellationToken)).Any(row => row.Id == organisation && row.IsHeld);

    private void Forget(Change change)
    {
        if (change.Kind == ChangeKind)
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
