using Microsoft.EntityFrameworkCore;

namespace Deskward.Platform;

/// <summary>
/// The look-ups that are made before the tenant is known. On PostgreSQL they are SECURITY DEFINER functions, because row-level security shows
/// nothing yet; each tells no more than the tenant and the row's id. Arguments are written as $1: a name would mean the column of that name.
/// </summary>
internal static class TenantLookup
{
    internal static readonly string[] Functions =
    [
        """
        CREATE OR REPLACE FUNCTION deskward_find_certificate(hash bytea) RETURNS TABLE (tenant_id uuid, id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT c.tenant_id, c.id FROM certificates_issued c WHERE c.sha256 = $1 $$;
        REVOKE ALL ON FUNCTION deskward_find_certificate(bytea) FROM PUBLIC;
        """,
        """
        CREATE OR REPLACE FUNCTION deskward_find_domain(name text) RETURNS TABLE (tenant_id uuid, id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT o.tenant_id, o.id FROM tenants_organisations o WHERE o.domain = $1 $$;
        REVOKE ALL ON FUNCTION deskward_find_domain(text) FROM PUBLIC;
        """,
        """
        CREATE OR REPLACE FUNCTION deskward_organisations() RETURNS TABLE (tenant_id uuid, id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT o.tenant_id, o.id FROM tenants_organisations o $$;
        REVOKE ALL ON FUNCTION deskward_organisations() FROM PUBLIC;
        """,
    ];

    /// <summary>The issued certificate with this SHA-256 of its DER; null when none is.</summary>
    internal static async Task<Found?> CertificateAsync(DeskwardContext db, byte[] sha256, CancellationToken cancellationToken) =>
        await (db.IsSqlite
            ? db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM certificates_issued WHERE sha256 = {sha256}")
            : db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM deskward_find_certificate({sha256})")).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The organisation with this domain, lower case; null when none is.</summary>
    internal static async Task<Found?> DomainAsync(DeskwardContext db, string domain, CancellationToken cancellationToken) =>
        await (db.IsSqlite
            ? db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM tenants_organisations WHERE domain = {domain}")
            : db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM deskward_find_domain({domain})")).SingleOrDefaultAsync(cancellationToken);

    /// <summary>All organisations: for the service's own work and for the provider's people.</summary>
    internal static async Task<List<Found>> OrganisationsAsync(DeskwardContext db, CancellationToken cancellationToken) =>
        await (db.IsSqlite
            ? db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM tenants_organisations")
            : db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM deskward_organisations()")).ToListAsync(cancellationToken);

    /// <summary>A row found before its tenant was open.</summary>
    internal sealed record Found(Guid TenantId, Guid Id);
}
