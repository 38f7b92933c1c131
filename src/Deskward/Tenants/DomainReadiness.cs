using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Tenants;

/// <summary>Whether the domains of a customer are proven to be its own, asked of the DNS at that moment.</summary>
internal static class DomainReadiness
{
    internal static readonly ReadinessCheck Check = new("domain", 20, LookAsync) { Page = customer => $"/organisations/{customer}/domains" };

    private static async Task<ReadinessFinding> LookAsync(IServiceProvider services, Guid customer, CancellationToken cancellationToken)
    {
        var domains = await services.GetRequiredService<DeskwardContext>().Set<OrganisationDomain>().AsNoTracking().Where(row => row.TenantId == customer).OrderBy(row => row.Domain).ToListAsync(cancellationToken);
        List<string> withoutRecord = [];
        foreach (var domain in domains)
        {
            var found = await services.GetRequiredService<DnsTxt>().AskAsync(domain.Record, cancellationToken);
            if (found.IsRefused)
            {
                return new(Readiness.Error, "readiness.domain.silent", domain.Domain);
            }

            if (!found.Value.Contains(domain.Value, StringComparer.Ordinal))
            {
                withoutRecord.Add(domain.Domain);
            }
        }

        return domains.All(domain => domain.ProvenAt is null) ? new(Readiness.NotReady, "readiness.domain.none")
            : withoutRecord.Count == 0 ? new(Readiness.Ready, "readiness.domain.proven", string.Join(", ", domains.Select(domain => domain.Domain)))
            : domains.Any(domain => domain.ProvenAt is null) ? new(Readiness.Advisory, "readiness.domain.claimed", string.Join(", ", withoutRecord))
            : new(Readiness.Advisory, "readiness.domain.given", string.Join(", ", withoutRecord));
    }
}
