namespace Deskward.Platform;

/// <summary>A row that belongs to one organisation; filtered in every query and, on PostgreSQL, by row-level security.</summary>
public interface ITenantOwned
{
    /// <summary>The organisation the row belongs to.</summary>
    Guid TenantId { get; }
}

/// <summary>
/// Which organisations are open to the work of this dependency-injection scope. Empty until opened: no tenant, no rows. It is opened once
/// per scope, before the first query, from what the caller has proven (certificate, enrolment code, sign-in).
/// </summary>
public sealed class TenantScope
{
    private Guid[] _ids = [];

    /// <summary>The open organisations; empty when none is.</summary>
    public IReadOnlyList<Guid> Ids => _ids;

    /// <summary>How the database hears it: a PostgreSQL uuid[] literal.</summary>
    internal string Setting { get; private set; } = "";

    /// <summary>Rises with every change, so that an open connection knows that its setting is stale.</summary>
    internal int Version { get; private set; }

    /// <summary>Opens one organisation and closes all others.</summary>
    public void Open(Guid tenant) => Open([tenant]);

    /// <summary>Opens these organisations and closes all others.</summary>
    public void Open(IEnumerable<Guid> tenants)
    {
        _ids = [.. tenants];
        Setting = _ids.Length == 0 ? "" : "{" + string.Join(',', _ids) + "}";
        Version++;
    }
}
