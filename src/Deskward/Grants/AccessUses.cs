using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Grants;

/// <summary>
/// A provider's person did something at the customer in one minute: by grant, by a write at the standing level, or as a protective action. Tells of
/// the provider's own people alone.
/// </summary>
public sealed class RecordedUse : IStandingReadable
{
    internal const int LongestPath = 200;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The customer.</summary>
    public Guid TenantId { get; init; }

    public Guid PersonId { get; init; }

    /// <summary>The sign-in address, as it was.</summary>
    public string PersonAddress { get; init; } = "";

    public string Duty { get; init; } = "";

    public DutyAction Action { get; init; }

    public AccessLevel Level { get; init; }

    /// <summary>Page or route, with the id of the thing where there is one.</summary>
    public string Path { get; init; } = "";

    /// <summary>Beginning of the minute.</summary>
    public DateTimeOffset Minute { get; init; }

    /// <summary>The last time in that minute.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>How often in that minute.</summary>
    public int Times { get; init; }
}

internal sealed class RecordedUseMapping : IEntityTypeConfiguration<RecordedUse>
{
    public void Configure(EntityTypeBuilder<RecordedUse> builder)
    {
        builder.ToTable("grants_uses").HasKey(row => row.Id);
        builder.Property(row => row.PersonAddress).HasMaxLength(320);
        builder.Property(row => row.Duty).HasMaxLength(60);
        builder.Property(row => row.Action).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Level).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Path).HasMaxLength(RecordedUse.LongestPath);
        builder.HasIndex(row => new { row.TenantId, row.LastAt });
        // What happens again in the same minute, on any node, counts up the same row.
        builder.HasIndex(row => new { row.TenantId, row.PersonId, row.Minute, row.Duty, row.Action, row.Level, row.Path }).IsUnique();
    }
}

/// <summary>What is asked for in the report of uses; null members do not restrict.</summary>
internal sealed record UseFilter
{
    public Guid? Customer { get; init; }

    /// <summary>Part of the address.</summary>
    public string? Who { get; init; }

    /// <summary>First day, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last day, inclusive.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>
/// Reads what provider's people did at the customers that are open, newest first. What was done about security is told to those who answer for
/// security there.
/// </summary>
internal sealed class AccessUses(DeskwardContext db, CurrentPerson me)
{
    private static readonly string[] SecurityDuties = [.. Matrix.Default.Duties.Where(duty => duty.Security).Select(duty => duty.Id)];

    /// <summary>A part of it, and whether more follow.</summary>
    internal async Task<(IReadOnlyList<RecordedUse> Uses, bool IsMore)> FindAsync(UseFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        Guid[] told = [.. me.Customers.Select(customer => customer.Id).Where(id => me.Level(ProtectiveActions.ReviewDuty, DutyAction.Read, id) != AccessLevel.None)];
        var uses = db.Set<RecordedUse>().AsNoTracking().Where(row => !SecurityDuties.Contains(row.Duty) || told.Contains(row.TenantId));
        if (filter.Customer is { } customer)
        {
            uses = uses.Where(row => row.TenantId == customer);
        }

        if (filter.Who?.ToLowerInvariant() is { } who)
        {
            uses = uses.Where(row => row.PersonAddress.Contains(who));
        }

        if (filter.From is { } from)
        {
            uses = uses.Where(row => row.LastAt >= from);
        }

        if (filter.To?.AddDays(1) is { } to)
        {
            uses = uses.Where(row => row.LastAt < to);
        }

        var found = await uses.OrderByDescending(row => row.LastAt).ThenByDescending(row => row.Id).Skip(skip).Take(take + 1).ToListAsync(cancellationToken);
        return (found.Count > take ? found[..take] : found, found.Count > take);
    }
}
