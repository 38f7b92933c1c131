using System.Globalization;
using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Tenants;

/// <summary>
/// What a lower module does when an organisation comes, such as making its group of all PCs; runs in the same transaction, with the new
/// organisation open.
/// </summary>
public delegate Task OrganisationAdded(DeskwardContext db, Organisation organisation, CancellationToken cancellationToken);

/// <summary>
/// What a module above does once the provider is there, or a customer is taken into the service, in scopes and transactions of its own. What is refused is completed
/// by hand; the organisation stays.
/// </summary>
public delegate Task<Refusal?> OrganisationReady(IServiceProvider services, Organisation organisation, CancellationToken cancellationToken);

/// <summary>
/// What a module does when an organisation is deleted, beyond its rows that carry the tenant, which are deleted by themselves; runs in the same
/// transaction, before them, with the organisation open.
/// </summary>
/// <returns>How many rows of which tables it deleted.</returns>
public delegate Task<IReadOnlyDictionary<string, long>> OrganisationDeleting(DeskwardContext db, Guid organisation, CancellationToken cancellationToken);

/// <summary>The provider and its customers.</summary>
public sealed class OrganisationDirectory(DeskwardContext db, TenantScope scope, AuditTrail audit, TimeProvider time, IEnumerable<OrganisationAdded> added)
{
    private const int LongestName = 200;

    /// <summary>Adds an organisation, with what the other modules make for it, in one transaction; afterwards it is the one that is open.</summary>
    /// <returns>The organisation; refused when name or domain break a rule, the domain is taken, or there is a provider already.</returns>
    internal Task<Outcome<Organisation>> AddAsync(OrganisationKind kind, string name, string domain, CancellationToken cancellationToken) => AddAsync(Guid.CreateVersion7(), kind, name, domain, cancellationToken);

    /// <summary>The same with an id that the caller chose, and opened before it began the transaction in which this runs.</summary>
    internal async Task<Outcome<Organisation>> AddAsync(Guid id, OrganisationKind kind, string name, string domain, CancellationToken cancellationToken)
    {
        var existing = await TenantLookup.OrganisationsAsync(db, cancellationToken);
        if (Refuse(kind, name, ref domain, existing.Count) is { } refusal)
        {
            return refusal;
        }

        if (await TenantLookup.DomainAsync(db, domain, cancellationToken) is not null)
        {
            return Refusal.Conflict($"The domain {domain} is taken.");
        }

        var organisation = new Organisation { Id = id, TenantId = id, Kind = kind, Name = name.Trim(), Domain = domain, CreatedAt = time.Now() };
        scope.Open(id);
        db.Add(organisation);
        db.Add(OrganisationDomain.Given(id, domain, audit.Actor.Name, time.Now()));
        audit.Record(id, "organisation.add", id, organisation.Name, after: new { organisation.Name, organisation.Domain, Kind = kind.ToString() });
        foreach (var hook in added)
        {
            await hook(db, organisation, cancellationToken);
        }

        db.Announce(new Change(OrganisationList.ChangeKind, id, id));
        await db.SaveChangesAsync(cancellationToken);
        return organisation;
    }

    /// <summary>Opens all organisations: for verbs and for the service's own work.</summary>
    internal async Task OpenAllAsync(CancellationToken cancellationToken) =>
        scope.Open((await TenantLookup.OrganisationsAsync(db, cancellationToken)).Select(found => found.TenantId));

    /// <summary>Opens all organisations and the id of one to come, ahead of the transaction in which it is added.</summary>
    internal async Task OpenAllAsync(Guid coming, CancellationToken cancellationToken) =>
        scope.Open((await TenantLookup.OrganisationsAsync(db, cancellationToken)).Select(found => found.TenantId).Append(coming));

    /// <summary>The organisation a command's <c>--organisation</c> means: its id, its domain, or its name without case.</summary>
    internal async Task<Outcome<Organisation>> FindAsync(string text, CancellationToken cancellationToken)
    {
        await OpenAllAsync(cancellationToken);
        var id = Guid.TryParse(text, out var parsed) ? parsed : Guid.Empty;
        var lower = text.Trim().ToLowerInvariant();
        var found = (await db.Set<Organisation>().AsNoTracking().ToListAsync(cancellationToken))
            .Where(row => row.Id == id || row.Domain == lower || string.Equals(row.Name, text.Trim(), StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => new Refusal(RefusalReason.NotFound, $"There is no organisation '{text}'; give its id, its domain or its name."),
            _ => Refusal.Invalid($"'{text}' names {found.Count} organisations; give the id or the domain."),
        };
    }

    private static Refusal? Refuse(OrganisationKind kind, string name, ref string domain, int existing)
    {
        if (name.Trim().Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            return Refusal.Invalid($"The name must have 1 to {LongestName} characters, none of them a control character.");
        }

        if (ParseDomain(domain) is not { } parsed)
        {
            return Refusal.Invalid($"'{domain}' is no mail domain such as contoso.example.");
        }

        domain = parsed;
        return (kind, existing) switch
        {
            (OrganisationKind.Provider, > 0) => Refusal.Conflict("There is a provider already; it is the first organisation of a database."),
            (OrganisationKind.Customer, 0) => Refusal.Conflict("There is no provider yet; add it first."),
            _ => null,
        };
    }

    /// <summary>The domain in lower-case ASCII (IDNA), or null when the text is none.</summary>
    internal static string? ParseDomain(string text)
    {
        var trimmed = text.Trim().TrimEnd('.');
        if (trimmed.Length is 0 or > 253 || !trimmed.Contains('.', StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            var ascii = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(trimmed).ToLowerInvariant();
            return Uri.CheckHostName(ascii) == UriHostNameType.Dns ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
