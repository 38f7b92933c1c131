using System.Diagnostics.Metrics;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>Compiles assignment sets and writes their documents and desired hashes.</summary>
internal sealed class SetCompiler(SettingsCache cache, TimeProvider time)
{
    private static readonly Meter Meter = new("Deskward.DesiredState");
    private static readonly Counter<long> Compiled = Meter.CreateCounter<long>("deskward.desired.compilations", description: "Sets compiled on this node");
    private long _count;

    /// <summary>How many sets this node has compiled since it started.</summary>
    internal long Count => Interlocked.Read(ref _count);

    /// <summary>
    /// Compiles the sets and writes the results, in the transaction that is open on <paramref name="db"/> or in one of its own. A set that changes
    /// meanwhile keeps no hash: its new revision is compiled another time.
    /// </summary>
    /// <param name="db">A context to which the organisation is open.</param>
    /// <param name="tenant">The organisation.</param>
    /// <param name="sets">Sets as they were read before this call; the assignments are read here, so that they are no older than the revisions.</param>
    /// <param name="cancellationToken">Cancels all of it.</param>
    internal async Task<Dictionary<Guid, CompiledDocument>> CompileAsync(DeskwardContext db, Guid tenant, IReadOnlyList<AssignmentSet> sets, CancellationToken cancellationToken)
    {
        var compiled = new Dictionary<Guid, CompiledDocument>();
        var assigned = await AssignedAsync(db, [.. sets.SelectMany(set => GroupKeys.Read(set.GroupIds)).Distinct()], cancellationToken);
        foreach (var set in sets)
        {
            compiled[set.Id] = DocumentCompiler.Compile([.. GroupKeys.Read(set.GroupIds).SelectMany(group => assigned[group])]);
        }

        Interlocked.Add(ref _count, sets.Count);
        Compiled.Add(sets.Count);
        await WriteAsync(db, tenant, sets, compiled, cancellationToken);
        return compiled;
    }

    /// <summary>What is assigned to these groups, by group.</summary>
    internal async Task<ILookup<Guid, AssignedSettings>> AssignedAsync(DeskwardContext db, Guid[] groups, CancellationToken cancellationToken)
    {
        var query = db.Set<Assignment>().AsNoTracking();

        // A long list of parameters is slower than reading the organisation's assignments whole.
        var narrowed = groups.Length <= 50 ? query.Where(row => groups.Contains(row.GroupId)) : query;
        var rows = await narrowed.Select(row => new { row.GroupId, row.Id, row.PolicySetVersionId, row.Layer }).ToListAsync(cancellationToken);
        var settings = await cache.LoadAsync(db, [.. rows.Select(row => new AssignedVersion(row.Id, row.PolicySetVersionId, row.Layer))], cancellationToken);
        var byAssignment = settings.ToDictionary(one => one.AssignmentId);
        return rows.Where(row => byAssignment.ContainsKey(row.Id)).ToLookup(row => row.GroupId, row => byAssignment[row.Id]);
    }

    private async Task WriteAsync(
        DeskwardContext db, Guid tenant, IReadOnlyList<AssignmentSet> sets, Dictionary<Guid, CompiledDocument> compiled, CancellationToken cancellationToken)
    {
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        foreach (var document in compiled.Values.DistinctBy(one => Convert.ToHexString(one.Document.Hash)))
        {
            await StoreAsync(db, tenant, document, cancellationToken);
        }

        foreach (var set in sets)
        {
            var (hash, conflicts) = (compiled[set.Id].Document.Hash, compiled[set.Id].ConflictCount);
            await db.Set<AssignmentSet>().Where(row => row.Id == set.Id && row.Revision == set.Revision)
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.DesiredHash, hash).SetProperty(row => row.ConflictCount, conflicts), cancellationToken);
        }

        SetChanges.Announce(db, tenant, [.. sets.Select(set => set.Id)]);
        await db.SaveChangesAsync(cancellationToken);
        if (own is not null)
        {
            await own.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Two nodes may store the same document at once; and one about to be removed as unused is in use again.</summary>
    private async Task StoreAsync(DeskwardContext db, Guid tenant, CompiledDocument compiled, CancellationToken cancellationToken)
    {
        if (compiled.Document.Hash.AsSpan().SequenceEqual(TargetDocument.Empty.Hash))
        {
            return;
        }

        var (hash, content, count, now) = (compiled.Document.Hash, DocumentContent.Of(compiled).Pack(), compiled.Document.Settings.Count, SqlValue.Of(db, time.Now()));
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO desired_documents (tenant_id, hash, content, setting_count, created_at) VALUES ({tenant}, {hash}, {content}, {count}, {now})
            ON CONFLICT (tenant_id, hash) DO UPDATE SET unused_since = NULL
            """,
            cancellationToken);
    }
}

/// <summary>The ordered groups of a set as 16 bytes each.</summary>
internal static class GroupKeys
{
    private const int Size = 16;

    internal static byte[] Write(IEnumerable<Guid> groups) => [.. groups.Distinct().Order().SelectMany(group => group.ToByteArray(bigEndian: true))];

    internal static IEnumerable<Guid> Read(byte[] key) => key.Chunk(Size).Select(bytes => new Guid(bytes, bigEndian: true));
}

/// <summary>Tells the nodes that sets changed: each by name, or all of the organisation when they are many.</summary>
internal static class SetChanges
{
    internal const string Kind = "set";
    private const int MostByName = 20;

    internal static void Announce(DeskwardContext db, Guid tenant, IReadOnlyCollection<Guid> sets)
    {
        foreach (var id in sets.Count > MostByName ? [Guid.Empty] : sets)
        {
            db.Announce(new Change(Kind, tenant, id));
        }
    }
}

/// <summary>Values as the columns of each engine hold them, for the few statements that are written by hand.</summary>
internal static class SqlValue
{
    internal static object Of(DeskwardContext db, DateTimeOffset instant) => db.IsSqlite
        ? (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond
        : Instants.Cut(instant);
}
