using System.Diagnostics.CodeAnalysis;
using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Reports;

/// <summary>What is asked for on the audit page; null members do not restrict.</summary>
internal sealed record AuditFilter
{
    /// <summary>One organisation of those that are open.</summary>
    public Guid? Organisation { get; init; }

    /// <summary>The organisations of which what was done about security is told too.</summary>
    public IReadOnlyCollection<Guid> Security { get; init; } = [];

    /// <summary>Part of the actor's name.</summary>
    public string? Who { get; init; }

    /// <summary>One of <see cref="AuditLog.Kinds"/>.</summary>
    public string? Kind { get; init; }

    /// <summary>Part of the thing's name.</summary>
    public string? Object { get; init; }

    public Guid? ObjectId { get; init; }

    /// <summary>First instant, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last day, inclusive.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>Reads the audit trail, newest first.</summary>
internal sealed class AuditLog(DeskwardContext db)
{
    /// <summary>The kinds of things that people, programs, PCs and the service change.</summary>
    internal static readonly string[] Kinds =
        ["organisation", "person", "device", "group", "policyset", "assignment", "enrolmentCode", "certificate", "authority", "command", "contract", "delegation", "notice", "audit", "backup", "access", "protective", "deviceAction", "personGroup", "directoryToken", "contact", "securityContact", "domain", "readiness"];

    /// <summary>The kinds that are about security, which is not for everybody who reads the rest.</summary>
    internal static readonly string[] SecurityKinds = ["protective", "securityContact"];

    private const string InSql = "Becomes UPPER in SQL, the comparison without case that both engines have.";

    /// <summary>A page, and whether more follow; not counted, because counting would read what the page does not show.</summary>
    [SuppressMessage("Globalization", "CA1304", Justification = InSql)]
    [SuppressMessage("Globalization", "CA1311", Justification = InSql)]
    [SuppressMessage("Performance", "CA1862", Justification = InSql)]
    internal async Task<(IReadOnlyList<AuditEntry> Entries, bool IsMore)> FindAsync(AuditFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        var security = filter.Security.ToArray();
        var entries = db.Set<AuditEntry>().AsNoTracking().Where(row => !SecurityKinds.Contains(row.ObjectKind) || security.Contains(row.TenantId));
        if (filter.Organisation is { } organisation)
        {
            entries = entries.Where(row => row.TenantId == organisation);
        }

        if (filter.Who?.ToUpperInvariant() is { } who)
        {
            entries = entries.Where(row => row.ActorName.ToUpper().Contains(who));
        }

        if (filter.Kind is { } kind)
        {
            entries = entries.Where(row => row.ObjectKind == kind);
        }

        if (filter.Object?.ToUpperInvariant() is { } named)
        {
            entries = entries.Where(row => row.ObjectName.ToUpper().Contains(named));
        }

        if (filter.ObjectId is { } id)
        {
            entries = entries.Where(row => row.ObjectId == id);
        }

        if (filter.From is { } from)
        {
            entries = entries.Where(row => row.At >= from);
        }

        if (filter.To?.AddDays(1) is { } to)
        {
            entries = entries.Where(row => row.At < to);
        }

        var found = await entries.OrderByDescending(row => row.At).ThenByDescending(row => row.Id).Skip(skip).Take(take + 1).ToListAsync(cancellationToken);
        return (found.Count > take ? found[..take] : found, found.Count > take);
    }
}
