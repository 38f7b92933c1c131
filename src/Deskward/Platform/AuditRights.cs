namespace Deskward.Platform;

/// <summary>
/// What the service role may not do with the audit on PostgreSQL, and the one function through which it may blank content. All statements can be run
/// again, and are with every migrate.
/// </summary>
internal static class AuditRights
{
    /// <summary>
    /// Blanks the entries that an erasure row names. It runs with the owner's rights, so it checks for itself: the row belongs to an organisation that is open,
    /// waits for its place in the chain (so it was written just now), and names each entry with the digest that stands in the chain; erasure and restore rows
    /// stay. Returns how many were blanked.
    /// </summary>
    internal const string EraseFunction = $$"""
        CREATE OR REPLACE FUNCTION deskward_erase_audit(erasure uuid) RETURNS int
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE blanked int;
        BEGIN
            WITH told AS (
                SELECT r.tenant_id, (n ->> 'id')::uuid AS id, n ->> 'digest' AS digest
                FROM audit_entries r JOIN audit_unchained u ON u.entry_id = r.id AND u.tenant_id = r.tenant_id
                    CROSS JOIN LATERAL jsonb_array_elements(r.after::jsonb -> 'entries') n
                WHERE r.id = $1 AND r.action = 'audit.erase'
                    AND r.tenant_id = ANY (nullif(current_setting('{{TenantOnConnection.SettingName}}', true), '')::uuid[]))
            UPDATE audit_entries e SET actor_id = NULL, actor_name = '', object_id = NULL, object_name = '', before = NULL, after = NULL, salt = NULL
            FROM told JOIN audit_links l ON l.entry_id = told.id AND l.tenant_id = told.tenant_id AND encode(l.digest, 'hex') = told.digest
            WHERE e.id = told.id AND e.tenant_id = told.tenant_id AND e.salt IS NOT NULL AND e.action NOT IN ('audit.erase', 'backup.restore');
            GET DIAGNOSTICS blanked = ROW_COUNT;
            RETURN blanked;
        END $$;
        REVOKE ALL ON FUNCTION deskward_erase_audit(uuid) FROM PUBLIC;
        """;

    /// <summary>
    /// Deletes a part of the trail of an organisation whose deletion has begun and is due. It runs with the owner's rights, so it looks for itself. Returns how
    /// many rows of each table were deleted.
    /// </summary>
    internal const string ForgetFunction = $$"""
        CREATE OR REPLACE FUNCTION deskward_forget_audit(organisation uuid, most int) RETURNS TABLE (name text, deleted bigint)
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            PERFORM 1 FROM tenants_organisations o WHERE o.id = $1 AND o.kind = 'Customer' AND o.state = 'Deleting' AND o.delete_at <= now()
                AND o.id = ANY (nullif(current_setting('{{TenantOnConnection.SettingName}}', true), '')::uuid[]);
            IF NOT FOUND THEN RAISE EXCEPTION 'The deletion of this organisation is not due.' USING ERRCODE = 'insufficient_privilege'; END IF;
            FOREACH name IN ARRAY ARRAY['audit_unchained', 'audit_links', 'audit_checkpoints', 'audit_keys', 'audit_entries'] LOOP
                EXECUTE format('DELETE FROM %I WHERE ctid = ANY (ARRAY(SELECT ctid FROM %I WHERE tenant_id = $1 LIMIT $2))', name, name) USING organisation, most;
                GET DIAGNOSTICS deleted = ROW_COUNT;
                RETURN NEXT;
            END LOOP;
        END $$;
        REVOKE ALL ON FUNCTION deskward_forget_audit(uuid, int) FROM PUBLIC;
        """;

    /// <summary>The trail only grows. What waits for its place is taken off the queue, never changed.</summary>
    internal static string Revoke(string role) =>
        $"REVOKE UPDATE, DELETE ON audit_entries, audit_links, audit_checkpoints, audit_keys FROM {role}; REVOKE UPDATE ON audit_unchained FROM {role};";
}
