namespace Deskward.Platform;

/// <summary>A row that belongs to one organisation; filtered in every query and, on PostgreSQL, by row-level security.</summary>
public interface ITenantOwned
{
    /// <summary>The organisation the row belongs to.</summary>
    Guid TenantId { get; }
}

/// <summary>
/// A row that a provider's person may read of every customer without a grant: no personal data, nothing that is the customer's own affair. To
/// write it, the organisation must be open.
/// </summary>
public interface IStandingReadable : ITenantOwned;

/// <summary>
/// A row that the provider may publish to its customers: there once, read by whom any organisation is open to, written by whom the provider's is. A customer's
/// own rows of the kind are its own as any others; on PostgreSQL row-level security publishes none of them, whatever the column says.
/// </summary>
public interface IPublishable : ITenantOwned
{
    /// <summary>Customers may read it; the provider's rows alone ever are.</summary>
    bool IsPublished { get; }
}

/// <summary>
/// Which organisations are open to the work of this dependency-injection scope, and how far. Empty until opened: no tenant, no rows. It is
/// opened once per scope, before the first query, from what the caller has proven (certificate, enrolment code, sign-in and duty).
/// </summary>
public sealed class TenantScope
{
    private Guid[] _ids = [];
    private Guid[] _standing = [];

    /// <summary>The organisations that are open in full; empty when none is.</summary>
    public IReadOnlyList<Guid> Ids => _ids;

    /// <summary>The organisations of which only <see cref="IStandingReadable"/> rows can be read; those of <see cref="Ids"/> are not repeated.</summary>
    public IReadOnlyList<Guid> Standing => _standing;

    /// <summary>The organisations that are open at either level.</summary>
    public IReadOnlyList<Guid> Readable => [.. _ids, .. _standing];

    /// <summary>How the database hears of <see cref="Ids"/>: a PostgreSQL uuid[] literal.</summary>
    internal string Setting { get; private set; } = "";

    /// <summary>How the database hears of <see cref="Standing"/>.</summary>
    internal string StandingSetting { get; private set; } = "";

    /// <summary>Rises with every change, so that an open connection knows that its setting is stale.</summary>
    internal int Version { get; private set; }

    /// <summary>Opens one organisation and closes all others.</summary>
    public void Open(Guid tenant) => Open([tenant]);

    /// <summary>Opens these organisations in full, those at the standing level, and closes all others.</summary>
    public void Open(IEnumerable<Guid> tenants, IEnumerable<Guid>? standing = null)
    {
        _ids = [.. tenants];
        _standing = [.. (standing ?? []).Except(_ids)];
        (Setting, StandingSetting) = (Literal(_ids), Literal(_standing));
        Version++;
    }

    private static string Literal(Guid[] ids) => ids.Length == 0 ? "" : "{" + string.Join(',', ids) + "}";
}
