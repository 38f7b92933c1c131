using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Tenants;

/// <summary>The domains of an organisation: claimed, proven by a record in the DNS, given up. The organisation must be open.</summary>
public sealed class OrganisationDomains(DeskwardContext db, DnsTxt dns, Clashes clashes, AuditTrail audit, TimeProvider time)
{
    /// <summary>How many an organisation may have.</summary>
    internal const int Most = 50;

    /// <summary>Domains in which anybody has an address; nobody owns them.</summary>
    private static readonly HashSet<string> Public = new(StringComparer.Ordinal)
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com", "me.com", "aol.com", "gmx.de", "gmx.net", "web.de", "proton.me", "protonmail.com", "mail.ru",
        "yandex.ru", "qq.com", "163.com", "126.com", "sina.com", "foxmail.com", "onmicrosoft.com",
    };

    /// <summary>Why nobody new can have this address at the organisation: its domain is not proven, or, neutrally, somebody elsewhere has it. Null when one can.</summary>
    public async Task<Refusal?> RefuseAddressAsync(Guid organisation, string address, CancellationToken cancellationToken)
    {
        var domains = await db.Set<OrganisationDomain>().Where(row => row.TenantId == organisation && row.ProvenAt != null).OrderBy(row => row.ClaimedAt).Select(row => row.Domain).ToListAsync(cancellationToken);
        if (OrganisationDomain.Of(address) is not { } domain || !domains.Contains(domain))
        {
            return Refusal.Invalid($"The address must end in @{string.Join(" / @", domains)}.");
        }

        return await TenantLookup.PersonAsync(db, address.Normalize().ToUpperInvariant(), cancellationToken) is { } known && known.TenantId != organisation
            ? await clashes.RefuseAsync(organisation, audit.Actor.Name, ClashKind.Address, address, cancellationToken) : null;
    }

    /// <summary>Claims a domain; it counts for nothing until it is proven.</summary>
    /// <returns>The claim, with the record to be made; refused when the text is no domain, or, always alike, when somebody else owns it or nobody can.</returns>
    internal async Task<Outcome<OrganisationDomain>> ClaimAsync(Guid organisation, string text, CancellationToken cancellationToken)
    {
        if (OrganisationDirectory.ParseDomain(text) is not { } domain)
        {
            return Refusal.Invalid($"'{text}' is no mail domain such as contoso.example.");
        }

        var present = await db.Set<OrganisationDomain>().AsNoTracking().Where(row => row.TenantId == organisation).Select(row => row.Domain).ToListAsync(cancellationToken);
        if (present.Contains(domain) || present.Count >= Most)
        {
            return Refusal.Conflict(present.Count >= Most ? $"An organisation has at most {Most} domains." : "The domain stands there already.");
        }

        if (await RefuseAsync(organisation, domain, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var claim = OrganisationDomain.Claimed(organisation, domain, time.Now());
        db.Add(claim);
        audit.Record(organisation, "domain.claim", claim.Id, domain);
        await db.SaveChangesAsync(cancellationToken);
        return claim;
    }

    /// <summary>The claim of a domain, made when there is none.</summary>
    internal async Task<Outcome<OrganisationDomain>> FindOrClaimAsync(Guid organisation, string text, CancellationToken cancellationToken) =>
        OrganisationDirectory.ParseDomain(text) is { } parsed && await db.Set<OrganisationDomain>().SingleOrDefaultAsync(row => row.TenantId == organisation && row.Domain == parsed, cancellationToken) is { } present
            ? present : await ClaimAsync(organisation, text, cancellationToken);

    /// <summary>Looks for the record.</summary>
    /// <returns>Null: the domain is the organisation's. Otherwise Conflict while the record is not there, Unavailable when the DNS is silent.</returns>
    internal async Task<Refusal?> ProveAsync(Guid organisation, Guid id, CancellationToken cancellationToken)
    {
        if (await db.Set<OrganisationDomain>().SingleOrDefaultAsync(row => row.Id == id && row.TenantId == organisation, cancellationToken) is not { } claim)
        {
            return Refusal.NotFound("domain");
        }

        var found = await dns.AskAsync(claim.Record, cancellationToken);
        if (found.IsRefused)
        {
            return found.Refusal;
        }

        if (!found.Value.Contains(claim.Value, StringComparer.Ordinal))
        {
            return Refusal.Conflict($"The record {claim.Record} is not there, or says something else. A new record may take a while to be seen.");
        }

        if (claim.ProvenAt is null && await RefuseAsync(organisation, claim.Domain, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        (claim.ProvenAt, claim.RecordSeenAt, claim.Version) = (claim.ProvenAt ?? time.Now(), time.Now(), claim.Version + 1);
        audit.Record(organisation, "domain.prove", claim.Id, claim.Domain);
        db.Announce(new Change(OrganisationList.ChangeKind, organisation, organisation));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Conflict("Somebody else changed this meanwhile. Look at it again.");
        }
        catch (DbUpdateException exception) when (DuplicateRow.Is(exception))
        {
            return await clashes.RefuseAsync(organisation, audit.Actor.Name, ClashKind.Domain, claim.Domain, cancellationToken); // Somebody else proved it at this moment.
        }
    }

    /// <summary>Gives a domain up. People with such an address stay; no new ones come.</summary>
    internal async Task<Refusal?> RemoveAsync(Guid organisation, Guid id, CancellationToken cancellationToken)
    {
        if (await db.Set<OrganisationDomain>().SingleOrDefaultAsync(row => row.Id == id && row.TenantId == organisation, cancellationToken) is not { } row)
        {
            return Refusal.NotFound("domain");
        }

        if (await db.Set<Organisation>().AnyAsync(one => one.Id == organisation && one.Domain == row.Domain, cancellationToken))
        {
            return Refusal.Conflict("The domain that the organisation was added with stays.");
        }

        db.Remove(row);
        audit.Record(organisation, "domain.remove", row.Id, row.Domain, before: new { row.ProvenAt });
        db.Announce(new Change(OrganisationList.ChangeKind, organisation, organisation));
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>Somebody else's domain and one that nobody can own are refused alike, so that a claim finds out nothing about other customers.</summary>
    private async Task<Refusal?> RefuseAsync(Guid organisation, string domain, CancellationToken cancellationToken)
    {
        var owner = await TenantLookup.DomainAsync(db, domain, cancellationToken);
        return Public.Contains(domain) || (owner is not null && owner.TenantId != organisation) ? await clashes.RefuseAsync(organisation, audit.Actor.Name, ClashKind.Domain, domain, cancellationToken) : null;
    }
}
