using Microsoft.EntityFrameworkCore;

namespace Deskward.Platform;

/// <summary>
/// People and PCs by parts of their texts, on PostgreSQL. Under row-level security no index is asked for a part of a text, because comparing might
/// tell of rows that stay hidden. So functions of the owner ask the index, and themselves keep to the organisations that are open, by the conditions of
/// the policies. At the standing level people are not seen: neither are they found, nor PCs by their person.
/// </summary>
internal static class ByPart
{
    /// <summary>Where pg_trgm cannot be had there is no index, and the functions compare with every text.</summary>
    internal static IReadOnlyList<string> Functions =>
    [
        """
        DO $$ BEGIN
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
            CREATE INDEX IF NOT EXISTS ix_identity_people_parts ON identity_people USING gin (search gin_trgm_ops);
            CREATE INDEX IF NOT EXISTS ix_devices_devices_parts ON devices_devices USING gin (search gin_trgm_ops, person_search gin_trgm_ops);
        EXCEPTION WHEN undefined_file OR insufficient_privilege OR feature_not_supported THEN
            RAISE WARNING 'Searching people and PCs is slower without the extension pg_trgm: %', SQLERRM;
        END $$;
        """,
        $"""
        CREATE OR REPLACE FUNCTION deskward_people_holding(parts text[], most int) RETURNS TABLE (id uuid)
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        BEGIN
            RETURN QUERY SELECT id FROM identity_people
                WHERE {RowLevelSecurity.Condition} AND search LIKE parts[1] AND search LIKE coalesce(parts[2], '%') AND search LIKE coalesce(parts[3], '%') AND search LIKE ALL (parts[4:])
                ORDER BY search, id LIMIT most;
        END $$;
        REVOKE ALL ON FUNCTION deskward_people_holding(text[], int) FROM PUBLIC;
        """,
        $"""
        CREATE OR REPLACE FUNCTION deskward_pcs_holding(parts text[], of_state text, of_tenant uuid, with_people boolean, most int) RETURNS TABLE (id uuid)
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog, public, pg_temp
        AS $$
        #variable_conflict use_column
        BEGIN
            RETURN QUERY SELECT id FROM devices_devices
                WHERE ({RowLevelSecurity.Condition} OR (NOT with_people AND {RowLevelSecurity.StandingCondition}))
                AND state = of_state AND (of_tenant IS NULL OR tenant_id = of_tenant)
                AND (search LIKE parts[1] OR (with_people AND person_search LIKE parts[1]))
                AND (parts[2] IS NULL OR search LIKE parts[2] OR (with_people AND person_search LIKE parts[2]))
                AND NOT EXISTS (SELECT FROM unnest(parts[3:]) AS part WHERE NOT (search LIKE part OR (with_people AND person_search LIKE part)))
                ORDER BY search, id LIMIT most;
        END $$;
        REVOKE ALL ON FUNCTION deskward_pcs_holding(text[], text, uuid, boolean, int) FROM PUBLIC;
        """,
    ];

    /// <summary>The ids of those who have all the words, each anywhere in what is searched, by name.</summary>
    /// <param name="db">On PostgreSQL.</param>
    /// <param name="words">Folded; at least one, the longest first.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    internal static Task<List<Guid>> PeopleAsync(DeskwardContext db, IEnumerable<string> words, int most, CancellationToken cancellationToken)
    {
        var parts = Parts(words);
        return db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM deskward_people_holding({parts}, {most})").ToListAsync(cancellationToken);
    }

    /// <summary>The ids of the PCs that have all the words, each anywhere in what is searched, by name.</summary>
    /// <param name="db">On PostgreSQL.</param>
    /// <param name="words">Folded; at least one, the longest first.</param>
    /// <param name="state">The state they are in, as the row holds it.</param>
    /// <param name="tenant">Whose; null: of all that are open.</param>
    /// <param name="withPeople">True: of the organisations that are open in full, also by their person; false: of all that can be read, without.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    internal static Task<List<Guid>> PcsAsync(DeskwardContext db, IEnumerable<string> words, string state, Guid? tenant, bool withPeople, int most, CancellationToken cancellationToken)
    {
        var parts = Parts(words);
        return db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM deskward_pcs_holding({parts}, {state}, {tenant}, {withPeople}, {most})").ToListAsync(cancellationToken);
    }

    private static string[] Parts(IEnumerable<string> words) =>
        [.. words.Select(word => '%' + word.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + '%')];
}
