using Microsoft.EntityFrameworkCore;

namespace Deskward.Platform.Storage;

/// <summary>
/// PCs by parts of their texts, on SQLite: an index of all runs of three characters (FTS5, trigram), which triggers keep. It knows nothing of organisations
/// and of who may see people: whoever asks it filters what it answers by the row.
/// </summary>
internal static class SqliteParts
{
    /// <summary>More than this is no help: the list is walked, and soon has enough.</summary>
    internal const int Most = 2_000;

    /// <summary>A shorter word is in no run.</summary>
    private const int Shortest = 3;

    /// <summary>Makes the index where it is missing; can be run again, and is with every migrate. The numbers are a table, because VACUUM may change those that rows have by themselves.</summary>
    internal static readonly IReadOnlyList<string> Statements =
    [
        "CREATE TABLE IF NOT EXISTS devices_parts_numbers (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
        "CREATE VIRTUAL TABLE IF NOT EXISTS devices_parts USING fts5(search, content='', contentless_delete=1, tokenize='trigram case_sensitive 1')",
        """
        INSERT INTO devices_parts_numbers (id) SELECT id FROM devices_devices WHERE id NOT IN (SELECT id FROM devices_parts_numbers);
        INSERT INTO devices_parts (rowid, search)
        SELECT n.number, d.search || char(10) || d.person_search FROM devices_parts_numbers n JOIN devices_devices d ON d.id = n.id WHERE n.number NOT IN (SELECT rowid FROM devices_parts);
        """,
        """
        CREATE TRIGGER IF NOT EXISTS devices_parts_added AFTER INSERT ON devices_devices BEGIN
            INSERT INTO devices_parts_numbers (id) VALUES (new.id);
            INSERT INTO devices_parts (rowid, search) SELECT number, new.search || char(10) || new.person_search FROM devices_parts_numbers WHERE id = new.id;
        END
        """,
        """
        CREATE TRIGGER IF NOT EXISTS devices_parts_changed AFTER UPDATE OF search, person_search ON devices_devices BEGIN
            UPDATE devices_parts SET search = new.search || char(10) || new.person_search WHERE rowid = (SELECT number FROM devices_parts_numbers WHERE id = new.id);
        END
        """,
        """
        CREATE TRIGGER IF NOT EXISTS devices_parts_removed AFTER DELETE ON devices_devices BEGIN
            DELETE FROM devices_parts WHERE rowid = (SELECT number FROM devices_parts_numbers WHERE id = old.id);
            DELETE FROM devices_parts_numbers WHERE id = old.id;
        END
        """,
    ];

    /// <summary>The PCs that may have all the words, of any organisation; null where the index is no help: all words are short, or too many PCs have them.</summary>
    /// <param name="db">On SQLite.</param>
    /// <param name="words">Folded.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    internal static async Task<Guid[]?> PcsAsync(DeskwardContext db, IEnumerable<string> words, CancellationToken cancellationToken)
    {
        var match = string.Join(" AND ", words.Where(word => word.EnumerateRunes().Count() >= Shortest).Select(word => '"' + word.Replace("\"", "\"\"", StringComparison.Ordinal) + '"'));
        if (match.Length == 0)
        {
            return null;
        }

        var found = await db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM devices_parts_numbers WHERE number IN (SELECT rowid FROM devices_parts WHERE devices_parts MATCH {match} LIMIT {Most + 1})").ToArrayAsync(cancellationToken);
        return found.Length > Most ? null : found;
    }
}
