using System.Collections.Concurrent;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace Deskward.DesiredState;

/// <summary>Compiled documents by assignment set and by hash; compiles a set once however many PCs ask at the same time.</summary>
public sealed class DocumentStore : IDisposable
{
    private const long MostSettings = 2_000_000;
    private const int MostSets = 20_000;
    private readonly IServiceScopeFactory _scopes;
    private readonly SettingsCache _settings;
    private readonly SetCompiler _compiler;
    private readonly ServiceKey _key;
    private readonly ChangeFeed _feed;
    private readonly MemoryCache _documents = new(new MemoryCacheOptions { SizeLimit = MostSettings });
    private readonly ConcurrentDictionary<Guid, KnownSet> _sets = new();
    private readonly ConcurrentDictionary<(Guid Tenant, Guid Set, int Revision), Lazy<Task<TargetDocument>>> _flights = new();
    private long _generation;

    internal DocumentStore(IServiceScopeFactory scopes, SettingsCache settings, SetCompiler compiler, ServiceKey key, ChangeFeed feed)
    {
        (_scopes, _settings, _compiler, _key, _feed) = (scopes, settings, compiler, key, feed);
        feed.Changed += Forget;
        feed.Lost += ForgetAll;
    }

    /// <summary>
    /// The document that PCs of this set should settle on now. Compiles it when the set's present revision is not compiled yet, stores it and
    /// writes the set's desired hash. Best called with no transaction open on <paramref name="db"/>: inside one, the work is not shared with
    /// others who ask, and what it writes is committed with the caller's.
    /// </summary>
    /// <param name="db">A context to which the set's organisation is open.</param>
    /// <param name="tenant">The organisation of the set.</param>
    /// <param name="assignmentSet">The set; null stands for the empty document.</param>
    /// <param name="cancellationToken">Cancels the caller's wait, not a compilation that others wait for.</param>
    internal async Task<TargetDocument> CurrentAsync(DeskwardContext db, Guid tenant, Guid? assignmentSet, CancellationToken cancellationToken)
    {
        if (assignmentSet is not { } id || !db.OpenTenants.Contains(tenant))
        {
            return TargetDocument.Empty;
        }

        var isInside = db.Database.CurrentTransaction is not null;
        if (!isInside && Known(tenant, id) is { } current)
        {
            return current;
        }

        var generation = Volatile.Read(ref _generation);
        var set = await db.Set<AssignmentSet>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.TenantId == tenant, cancellationToken);
        if (set is null)
        {
            return TargetDocument.Empty;
        }

        var document = set.DesiredHash is { } hash ? await FindAsync(db, tenant, hash, cancellationToken) : null;
        if (document is not null && !isInside)
        {
            Remember(id, new KnownSet(tenant, document), generation);
        }

        return document ?? (isInside
            ? (await _compiler.CompileAsync(db, tenant, [set], cancellationToken))[id].Document
            : await CompileOnceAsync(tenant, id, set.Revision).WaitAsync(cancellationToken));
    }

    /// <summary>The same for whoever has no context at hand to which the organisation is open.</summary>
    internal async ValueTask<TargetDocument> CurrentAsync(Guid tenant, Guid? assignmentSet, CancellationToken cancellationToken)
    {
        if (assignmentSet is { } id && Known(tenant, id) is { } current)
        {
            return current;
        }

        await using var scope = _scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenant);
        return await CurrentAsync(scope.ServiceProvider.GetRequiredService<DeskwardContext>(), tenant, assignmentSet, cancellationToken);
    }

    /// <summary>The stored document with this hash; null when no PC refers to it any more and it was removed.</summary>
    internal async Task<TargetDocument?> FindAsync(DeskwardContext db, Guid tenant, byte[] hash, CancellationToken cancellationToken)
    {
        if (hash.AsSpan().SequenceEqual(TargetDocument.Empty.Hash))
        {
            return TargetDocument.Empty;
        }

        if (!db.OpenTenants.Contains(tenant))
        {
            return null;
        }

        var key = (tenant, Convert.ToBase64String(hash));
        if (_documents.TryGetValue(key, out TargetDocument? cached))
        {
            return cached;
        }

        var packed = await db.Set<Document>().AsNoTracking().Where(row => row.TenantId == tenant && row.Hash == hash).Select(row => row.Content).SingleOrDefaultAsync(cancellationToken);
        if (packed is null)
        {
            return null;
        }

        var content = DocumentContent.Unpack(packed);
        var document = content.ToDocument(hash, await _settings.LoadAsync(db, content.Sources, cancellationToken));
        return document is null ? null : _documents.Set(key, document, new MemoryCacheEntryOptions { Size = document.Settings.Count + 1 });
    }

    /// <summary>The value to send: of a secret the secret itself, to be kept no longer than the message.</summary>
    internal string Reveal(Guid tenant, TargetSetting setting) =>
        setting.Wrapped is { } wrapped ? new SecretValues(_key, tenant).Unwrap(wrapped) : setting.Value;

    /// <summary>Compiles a revision of a set unless it is compiled or being compiled on this node.</summary>
    internal Task<TargetDocument> CompileOnceAsync(Guid tenant, Guid set, int revision) =>
        _flights.GetOrAdd((tenant, set, revision), flight => new Lazy<Task<TargetDocument>>(() => Task.Run(() => CompileAsync(flight)))).Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        _feed.Changed -= Forget;
        _feed.Lost -= ForgetAll;
        _documents.Dispose();
    }

    private async Task<TargetDocument> CompileAsync((Guid Tenant, Guid Set, int Revision) key)
    {
        try
        {
            await using var scope = _scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(key.Tenant);
            var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
            var set = await db.Set<AssignmentSet>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == key.Set);
            if (set is null)
            {
                return TargetDocument.Empty;
            }

            if (set.Revision != key.Revision)
            {
                return await CompileOnceAsync(key.Tenant, key.Set, set.Revision); // With those who ask for what the set is by now.
            }

            // Whoever read the set just before an earlier flight landed finds its result here.
            var landed = set.DesiredHash is { } hash ? await FindAsync(db, key.Tenant, hash, CancellationToken.None) : null;
            return landed ?? (await _compiler.CompileAsync(db, key.Tenant, [set], CancellationToken.None))[key.Set].Document;
        }
        finally
        {
            _flights.TryRemove(key, out _);
        }
    }

    private TargetDocument? Known(Guid tenant, Guid id) => _feed.IsConnected && _sets.TryGetValue(id, out var known) && known.Tenant == tenant ? known.Document : null;

    private void Remember(Guid id, KnownSet known, long generation)
    {
        if (_sets.Count >= MostSets)
        {
            _sets.Clear();
        }

        _sets[id] = known;

        // A change that came between reading and remembering was not for an entry that was there to be forgotten.
        if (Volatile.Read(ref _generation) != generation)
        {
            _sets.TryRemove(id, out _);
        }
    }

    private void Forget(Change change)
    {
        if (change.Kind != SetChanges.Kind)
        {
            return;
        }

        Interlocked.Increment(ref _generation);
        foreach (var id in change.Id == Guid.Empty ? _sets.Where(entry => entry.Value.Tenant == change.Tenant).Select(entry => entry.Key) : [change.Id])
        {
            _sets.TryRemove(id, out _);
        }
    }

    private void ForgetAll()
    {
        Interlocked.Increment(ref _generation);
        _sets.Clear();
    }

    private sealed record KnownSet(Guid Tenant, TargetDocument Document);
}
