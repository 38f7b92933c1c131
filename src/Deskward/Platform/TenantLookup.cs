using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Platform;

/// <summary>
/// The look-ups that are made before the tenant is known. On PostgreSQL they are SECURITY DEFINER functions, because row-level security shows
/// nothing yet; each tells no more than the tenant and the row's id. Arguments are written as $1: a name would mean the column of that name.
/// </summary>
internal static class TenantLookup
{
    /// <summary>What is known of the PC with a certificate, for recognising it and for answering it when there is nothing to do.</summary>
    internal const string PcByCertificate = """
        SELECT c.tenant_id, c.id AS certificate_id, c.device_id, d.hardware_id, d.state, c.not_after, c.revoked_at IS NOT NULL AS revoked, c.first_seen_at IS NOT NULL AS seen,
            d.assignment_set_id, d.settled_hash, s.desired_hash, COALESCE(p.waits_for_user, false) AS waits_for_user,
            p.device_id IS NULL OR p.must_read_first OR p.open_session_id IS NOT NULL
                OR EXISTS (SELECT 1 FROM sessions_commands q WHERE q.tenant_id = d.tenant_id AND q.device_id = d.id AND q.state IN ('Queued', 'Sent')) AS busy,
            p.read_due_at, p.retry_due_at, c.sha256, p.signed_at IS NOT NULL AS signed
        FROM certificates_issued c JOIN devices_devices d ON d.id = c.device_id
            LEFT JOIN desired_assignment_sets s ON s.id = d.assignment_set_id LEFT JOIN desired_progress p ON p.device_id = d.id
        """;

    /// <summary>The certificate that a PC known by its digest's name stands on: whoever takes all of them away stops its digest as well.</summary>
    internal const string LatestOfPc = "AND c.revoked_at IS NULL ORDER BY c.not_after DESC LIMIT 1";

    /// <summary>The nonces that PCs with a hardware id must use next; a challenge is given to anybody who asks.</summary>
    internal const string NonceByHardware = """
        SELECT s.client_nonce FROM devices_devices d JOIN devices_secrets s ON s.device_id = d.id WHERE d.state <> 'Retired'
        """;

    /// <summary>
    /// The grants of a person: of somebody who is enabled and has held the role ever since asking, so that a role taken away and given again
    /// brings nothing back. Until is in microseconds since 1970, as SQLite keeps it.
    /// </summary>
    private const string Grants = """
        FROM grants_requests r JOIN identity_people p ON p.id = r.person_id
        WHERE r.state = 'Approved' AND p.is_enabled
            AND EXISTS (SELECT 1 FROM identity_role_assignments a WHERE a.person_id = r.person_id AND a.role = r.role AND a.since <= r.requested_at)
        """;

    /// <summary>The tokens of directories that nobody revoked. Instants are in microseconds since 1970, as SQLite keeps them.</summary>
    private const string DirectoryTokens = "FROM directories_tokens t WHERE t.revoked_at IS NULL";

    private const string PcColumns = """
        tenant_id uuid, certificate_id uuid, device_id uuid, hardware_id varchar, state varchar, not_after timestamptz, revoked boolean, seen boolean, assignment_set_id uuid,
            settled_hash bytea, desired_hash bytea, waits_for_user boolean, busy boolean, read_due_at timestamptz, retry_due_at timestamptz, sha256 bytea, signed boolean
        """;

    internal static readonly string[] Functions =
    [
        $"""
        DROP FUNCTION IF EXISTS deskward_find_pc_by_id(uuid);
        CREATE FUNCTION deskward_find_pc_by_id(device uuid) RETURNS TABLE ({PcColumns})
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ {PcByCertificate} WHERE d.id = $1 {LatestOfPc} $$;
        REVOKE ALL ON FUNCTION deskward_find_pc_by_id(uuid) FROM PUBLIC;
        """,
        $"""
        CREATE OR REPLACE FUNCTION deskward_find_nonce(hardware varchar) RETURNS TABLE (nonce bytea)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ {NonceByHardware} AND d.hardware_id = $1 LIMIT 2 $$;
        REVOKE ALL ON FUNCTION deskward_find_nonce(varchar) FROM PUBLIC;
        """,
        $"""
        DROP FUNCTION IF EXISTS deskward_find_pc(bytea);
        DROP FUNCTION IF EXISTS deskward_find_pcs(bytea[]);
        CREATE FUNCTION deskward_find_pcs(hashes bytea[]) RETURNS TABLE ({PcColumns})
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET plan_cache_mode = force_generic_plan SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        BEGIN
            RETURN QUERY {PcByCertificate} WHERE c.sha256 = ANY (hashes);
        END $$;
        REVOKE ALL ON FUNCTION deskward_find_pcs(bytea[]) FROM PUBLIC;
        """,
        """
        CREATE OR REPLACE FUNCTION deskward_find_certificate(hash bytea) RETURNS TABLE (tenant_id uuid, id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT c.tenant_id, c.id FROM certificates_issued c WHERE c.sha256 = $1 $$;
        REVOKE ALL ON FUNCTION deskward_find_certificate(bytea) FROM PUBLIC;
        """,
        """
        CREATE OR REPLACE FUNCTION deskward_find_domain(name text) RETURNS TABLE (tenant_id uuid, id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT d.tenant_id, d.tenant_id FROM tenants_domains d WHERE d.domain = $1 AND d.proven_at IS NOT NULL $$;
        REVOKE ALL ON FUNCTION deskward_find_domain(text) FROM PUBLIC;
        """,
        """
        CREATE OR REPLACE FUNCTION deskward_find_person(address text) RETURNS TABLE (tenant_id uuid, id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT p.tenant_id, p.id FROM identity_people p WHERE p.normalized_user_name = $1 $$;
        REVOKE ALL ON FUNCTION deskward_find_person(text) FROM PUBLIC;
        """,
        """
        CREATE OR REPLACE FUNCTION deskward_person_tenant(person uuid) RETURNS TABLE (tenant_id uuid, id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT p.tenant_id, p.id FROM identity_people p WHERE p.id = $1 $$;
        REVOKE ALL ON FUNCTION deskward_person_tenant(uuid) FROM PUBLIC;
        """,
        $"""
        CREATE OR REPLACE FUNCTION deskward_grants_of(people uuid[]) RETURNS TABLE (person_id uuid, id uuid, tenant_id uuid, role varchar, until bigint)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT r.person_id, r.id, r.tenant_id, r.role, (extract(epoch FROM r.until) * 1000000)::bigint {Grants} AND r.person_id = ANY($1) $$;
        REVOKE ALL ON FUNCTION deskward_grants_of(uuid[]) FROM PUBLIC;
        CREATE OR REPLACE FUNCTION deskward_find_directory_token(hash bytea) RETURNS TABLE (id uuid, tenant_id uuid, name varchar, expires bigint, used bigint)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT t.id, t.tenant_id, t.name, (extract(epoch FROM t.expires_at) * 1000000)::bigint, (extract(epoch FROM t.last_used_at) * 1000000)::bigint {DirectoryTokens} AND t.token_hash = $1 $$;
        REVOKE ALL ON FUNCTION deskward_find_directory_token(bytea) FROM PUBLIC;
        """,
        """
        CREATE OR REPLACE FUNCTION deskward_provider() RETURNS uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$ SELECT o.id FROM tenants_organisations o WHERE o.kind = 'Provider' $$;
        REVOKE ALL ON FUNCTION deskward_provider() FROM PUBLIC;
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

    /// <summary>The organisation that owns this domain, lower case; null when none does. A claim that is not proven counts for nothing.</summary>
    internal static async Task<Found?> DomainAsync(DeskwardContext db, string domain, CancellationToken cancellationToken) =>
        await (db.IsSqlite
            ? db.Database.SqlQuery<Found>($"SELECT tenant_id, tenant_id AS id FROM tenants_domains WHERE domain = {domain} AND proven_at IS NOT NULL")
            : db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM deskward_find_domain({domain})")).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The person with this address, in upper case; null when there is none.</summary>
    internal static async Task<Found?> PersonAsync(DeskwardContext db, string normalisedAddress, CancellationToken cancellationToken) =>
        await (db.IsSqlite
            ? db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM identity_people WHERE normalized_user_name = {normalisedAddress}")
            : db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM deskward_find_person({normalisedAddress})")).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The person with this id; null when there is none.</summary>
    internal static async Task<Found?> PersonAsync(DeskwardContext db, Guid person, CancellationToken cancellationToken) =>
        await (db.IsSqlite
            ? db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM identity_people WHERE id = {person}")
            : db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM deskward_person_tenant({person})")).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The grants of the provider's people that were approved and not ended; whether their time is over is the caller's to see.</summary>
    internal static async Task<List<FoundGrant>> GrantsAsync(DeskwardContext db, IReadOnlyCollection<Guid> people, CancellationToken cancellationToken) =>
        await (db.IsSqlite
            ? db.Database.SqlQueryRaw<FoundGrant>($"SELECT r.person_id, r.id, r.tenant_id, r.role, r.until {Grants} AND r.person_id IN (SELECT value FROM json_each({{0}}))", JsonSerializer.Serialize(people.Select(person => person.ToString().ToUpperInvariant())))
            : db.Database.SqlQuery<FoundGrant>($"SELECT person_id, id, tenant_id, role, until FROM deskward_grants_of({people.ToArray()})")).ToListAsync(cancellationToken);

    /// <summary>The token of a directory with this keyed hash, revoked ones left out; null when there is none.</summary>
    internal static async Task<FoundToken?> DirectoryTokenAsync(DeskwardContext db, byte[] hash, CancellationToken cancellationToken) =>
        await (db.IsSqlite
            ? db.Database.SqlQueryRaw<FoundToken>($"SELECT t.id, t.tenant_id, t.name, t.expires_at AS expires, t.last_used_at AS used {DirectoryTokens} AND t.token_hash = {{0}}", hash)
            : db.Database.SqlQuery<FoundToken>($"SELECT id, tenant_id, name, expires, used FROM deskward_find_directory_token({hash})")).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The provider; null while there is none.</summary>
    internal static async Task<Guid?> ProviderAsync(DeskwardContext db, CancellationToken cancellationToken) =>
        await (db.IsSqlite
            ? db.Database.SqlQuery<Guid?>($"SELECT id AS \"Value\" FROM tenants_organisations WHERE kind = 'Provider'")
            : db.Database.SqlQuery<Guid?>($"SELECT deskward_provider() AS \"Value\"")).SingleOrDefaultAsync(cancellationToken);

    /// <summary>All organisations: for the service's own work and for the provider's people.</summary>
    internal static async Task<List<Found>> OrganisationsAsync(DeskwardContext db, CancellationToken cancellationToken) =>
        await (db.IsSqlite
            ? db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM tenants_organisations")
            : db.Database.SqlQuery<Found>($"SELECT tenant_id, id FROM deskward_organisations()")).ToListAsync(cancellationToken);

    /// <summary>A row found before its tenant was open.</summary>
    internal sealed record Found(Guid TenantId, Guid Id);

    /// <summary>A grant found before its customer is open.</summary>
    internal sealed record FoundGrant(Guid PersonId, Guid Id, Guid TenantId, string Role, long Until);

    /// <summary>A directory's token found before its organisation is open.</summary>
    internal sealed record FoundToken(Guid Id, Guid TenantId, string Name, long Expires, long? Used);
}
