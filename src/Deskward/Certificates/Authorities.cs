using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Audit;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Certificates;

/// <summary>Makes the key pair of a new authority; the caller disposes it.</summary>
public delegate RSA NewAuthorityKey();

/// <summary>
/// The certificate authorities: one device root, which belongs to the provider, and under it an issuing authority per organisation, made when
/// it is first needed and loaded once per node. An authority whose rest of life is too short for another full certificate gets a successor.
/// </summary>
public sealed class Authorities(IServiceScopeFactory scopes, ServiceKey key, NewAuthorityKey newKey, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan IssuingReserve = TimeSpan.FromDays(2 * 365);
    private static readonly TimeSpan RootReserve = TimeSpan.FromDays(9 * 365);
    private readonly ConcurrentDictionary<Guid, SigningAuthority> _loaded = [];
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>
    /// The authority that signs for this organisation. It may use a transaction of its own, so ask before beginning one: on SQLite a second
    /// one would wait for the first.
    /// </summary>
    public async ValueTask<SigningAuthority> ForAsync(Guid tenant, CancellationToken cancellationToken)
    {
        if (Usable(tenant) is { } loaded)
        {
            return loaded;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            return Usable(tenant) ?? (_loaded[tenant] = await LoadAsync(tenant, cancellationToken));
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _one.Dispose();
        foreach (var authority in _loaded.Values)
        {
            authority.Dispose();
        }
    }

    private SigningAuthority? Usable(Guid tenant) =>
        _loaded.TryGetValue(tenant, out var found) && found.NotAfter - time.Now() > IssuingReserve ? found : null;

    private async Task<SigningAuthority> LoadAsync(Guid tenant, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var provider = await OpenAsync(scope.ServiceProvider, tenant, cancellationToken);
        if (await FindAsync(db, tenant, AuthorityKind.Issuing, IssuingReserve, cancellationToken) is { } stored)
        {
            return await ReadyAsync(db, stored, AuthorityMaker.Unwrap(key, stored), cancellationToken);
        }

        // The lock, held to the end of the transaction, keeps two nodes from making two.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync("authorities:" + provider, cancellationToken);
        var audit = scope.ServiceProvider.GetRequiredService<AuditTrail>();
        var issuing = await FindAsync(db, tenant, AuthorityKind.Issuing, IssuingReserve, cancellationToken) is { } other
            ? (other, AuthorityMaker.Unwrap(key, other))
            : AuthorityMaker.Issuing(tenant, newKey(), await RootAsync(db, provider, audit, cancellationToken), key, time.Now());
        Add(db, audit, issuing.Item1);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return await ReadyAsync(db, issuing.Item1, issuing.Item2, cancellationToken);
    }

    private async Task<(Authority Row, RSA Key)> RootAsync(DeskwardContext db, Guid provider, AuditTrail audit, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, provider, AuthorityKind.DeviceRoot, RootReserve, cancellationToken) is { } stored)
        {
            return (stored, AuthorityMaker.Unwrap(key, stored));
        }

        var made = AuthorityMaker.Root(provider, newKey(), key, time.Now());
        Add(db, audit, made.Row);
        return made;
    }

    private static void Add(DeskwardContext db, AuditTrail audit, Authority made)
    {
        if (db.Entry(made).State == EntityState.Detached)
        {
            db.Add(made);
            audit.Record(made.TenantId, "authority.add", made.Id, made.Kind.ToString(), after: new { Kind = made.Kind.ToString(), made.NotAfter });
        }
    }

    private async Task<Authority?> FindAsync(DeskwardContext db, Guid tenant, AuthorityKind kind, TimeSpan reserve, CancellationToken cancellationToken)
    {
        var earliest = time.Now() + reserve;
        return await db.Set<Authority>().Where(row => row.TenantId == tenant && row.Kind == kind && row.NotAfter > earliest)
            .OrderByDescending(row => row.NotAfter).ThenBy(row => row.Id).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The root that signed it is found by its name: there may be an older one beside the one that signs now.</summary>
    private static async Task<SigningAuthority> ReadyAsync(DeskwardContext db, Authority row, RSA key, CancellationToken cancellationToken)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(row.Certificate);
        var roots = await db.Set<Authority>().Where(root => root.Kind == AuthorityKind.DeviceRoot).Select(root => root.Certificate).ToListAsync(cancellationToken);
        return new SigningAuthority(row, roots.Single(root => IsIssuer(root, certificate)), key);
    }

    private static bool IsIssuer(byte[] root, X509Certificate2 certificate)
    {
        using var candidate = X509CertificateLoader.LoadCertificate(root);
        return candidate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
    }

    /// <summary>The provider's organisation, because the root is its, and the one asked for; all are opened to find out which is the provider's.</summary>
    private static async Task<Guid> OpenAsync(IServiceProvider services, Guid tenant, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<DeskwardContext>();
        var scope = services.GetRequiredService<TenantScope>();
        scope.Open((await TenantLookup.OrganisationsAsync(db, cancellationToken)).Select(found => found.TenantId));
        var provider = await db.Set<Organisation>().Where(row => row.Kind == OrganisationKind.Provider).Select(row => row.Id).SingleAsync(cancellationToken);
        scope.Open([provider, tenant]);
        return provider;
    }
}
