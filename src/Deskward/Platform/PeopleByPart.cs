using Microsoft.EntityFrameworkCore;

namespace Deskward.Platform;

/// <summary>
/// People by parts of their names and addresses, on PostgreSQL. Under row-level security no index is asked for a part of a text, because comparing might
/// tell of rows that stay hidden. So a function of the owner asks the index, and itself keeps to the organisations that are open, by the condition of
/// the policy. It knows nothing of the standing level, at which people are not seen.
/// </summary>
internal static class PeopleByPart
{
    /// <summary>Where pg_trgm cannot be had there is no index, and the function compares with every name.</summary>
    internal const string Function = $"""
        DO $$ BEGIN
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
            CREATE INDEX IF NOT EXISTS ix_identity_people_parts ON identity_people USING gin (search gin_trgm_ops);
        EXCEPTION WHEN undefined_file OR insufficient_privilege OR feature_not_supported THEN
            RAISE WARNING 'Searching people is slower without the extension pg_trgm: %', SQLERRM;
        END $$;
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
        """;

    /// <summary>The ids of those who have all the words, each anywhere in what is searched, by name.</summary>
    /// <param name="db">On PostgreSQL.</param>
    /// <param name="words">Folded; at least one, the longest first.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    internal static Task<List<Guid>> FindAsync(DeskwardContext db, IEnumerable<string> words, int most, CancellationToken cancellationToken)
    {
        string[] parts = [.. words.Select(word => '%' + word.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + '%')];
        return db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM deskward_people_holding({parts}, {most})").ToListAsync(cancellationToken);
    }
}
