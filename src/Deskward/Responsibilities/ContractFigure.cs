using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Responsibilities;

/// <summary>A figure that every contract has, and what it is where nothing else was agreed.</summary>
/// <param name="Key">Such as <c>notice.major</c>; texts per language hang on it.</param>
/// <param name="Unit">Key of the unit: <c>hours</c>, <c>days</c>, <c>workingDays</c>, <c>percent</c>, <c>count</c>, <c>yes</c> (0 or 1).</param>
/// <param name="Default">Holds where nothing was agreed.</param>
/// <param name="Least">The smallest that may be agreed.</param>
/// <param name="Most">The largest.</param>
public sealed record FigureDefinition(string Key, string Unit, int Default, int Least, int Most)
{
    /// <summary>It says how far the customer is open to the provider: then it changes by what the customer's owner agrees to (<see cref="FigureProposals"/>).</summary>
    public bool IsTheCustomers => Key is "access.grant" or "access.automatic" or "protective.allowed";
}

/// <summary>One figure as agreed with one customer, from a day on. Rows are added, never changed, so that each day's figures can always be told.</summary>
public sealed class ContractFigure : IStandingReadable
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public string Key { get; init; } = "";

    public int Value { get; init; }

    /// <summary>The first day on which it holds, in the customer's calendar.</summary>
    public DateOnly ValidFrom { get; init; }

    public DateTimeOffset SetAt { get; init; }

    /// <summary>Address of who set it.</summary>
    public string SetBy { get; init; } = "";
}

internal sealed class ContractFigureMapping : IEntityTypeConfiguration<ContractFigure>
{
    public void Configure(EntityTypeBuilder<ContractFigure> builder)
    {
        builder.ToTable("responsibilities_figures").HasKey(row => row.Id);
        builder.Property(row => row.Key).HasMaxLength(60);
        builder.Property(row => row.SetBy).HasMaxLength(320);
        builder.HasIndex(row => new { row.TenantId, row.Key, row.ValidFrom });
    }
}

/// <summary>The figures that held for one customer on one day.</summary>
public sealed class FiguresOfDay
{
    private readonly Dictionary<string, int> _agreed;

    /// <param name="rows">All rows of the customer, or those of some keys.</param>
    /// <param name="day">The day, in the customer's calendar.</param>
    internal FiguresOfDay(IEnumerable<ContractFigure> rows, DateOnly day) => _agreed = rows.Where(row => row.ValidFrom <= day)
        .GroupBy(row => row.Key).ToDictionary(group => group.Key, group => group.OrderBy(row => row.ValidFrom).ThenBy(row => row.SetAt).Last().Value);

    /// <summary>The figure: what was agreed, otherwise the default.</summary>
    /// <exception cref="KeyNotFoundException">There is no such figure.</exception>
    public int this[string key] => _agreed.TryGetValue(key, out var agreed) ? agreed : Figures.Find(key)?.Default ?? throw new KeyNotFoundException(key);

    /// <summary>Whether something else than the default was agreed.</summary>
    public bool IsAgreed(string key) => _agreed.ContainsKey(key);
}

/// <summary>The figures there are.</summary>
public static class Figures
{
    public static IReadOnlyList<FigureDefinition> All { get; } =
    [
        new("response.a", "hours", 1, 1, 24), new("response.b", "hours", 4, 1, 72), new("response.c", "hours", 8, 1, 120),
        new("update.a", "hours", 8, 1, 72), new("update.b", "hours", 24, 1, 120), new("update.c", "hours", 48, 1, 240),
        new("close.silent", "hours", 48, 12, 720), new("reactivate", "hours", 24, 1, 168),
        new("notice.major", "days", 30, 5, 180), new("notice.action", "days", 5, 1, 60), new("notice.customer", "days", 30, 1, 180), new("notice.certificate", "days", 60, 7, 180),
        new("exception.end", "days", 90, 30, 365), new("criteria.notice", "days", 30, 5, 180),
        new("ring.small", "count", 200, 10, 100_000), new("ring.small.first", "percent", 5, 0, 100), new("ring.small.fast", "percent", 15, 0, 100),
        new("ring.large.first", "percent", 1, 0, 100), new("ring.large.fast", "percent", 9, 0, 100),
        new("quality.deferral.test", "days", 0, 0, 30), new("quality.deferral.first", "days", 1, 0, 30), new("quality.deferral.fast", "days", 6, 0, 30), new("quality.deferral.broad", "days", 9, 0, 30),
        new("quality.deadline.test", "days", 0, 0, 30), new("quality.deadline.first", "days", 2, 0, 30), new("quality.deadline.fast", "days", 2, 0, 30), new("quality.deadline.broad", "days", 5, 0, 30),
        new("quality.grace", "days", 2, 0, 7), new("feature.deadline", "days", 5, 2, 30), new("feature.rollback", "days", 30, 2, 60),
        new("updates.level", "percent", 95, 50, 100), new("updates.level.after", "days", 21, 7, 60), new("pause.longest", "days", 35, 1, 35),
        new("setting.failed", "percent", 10, 1, 100), new("desired.evidence", "hours", 36, 25, 168), new("desired.level", "percent", 95, 50, 100),
        new("access.grant", "yes", 1, 0, 1), new("access.longest", "hours", 8, 1, 8), new("access.automatic", "yes", 0, 0, 1), new("protective.allowed", "yes", 1, 0, 1), new("protective.review", "workingDays", 2, 1, 10),
        new("registration.refuse", "yes", 0, 0, 1), new("registration.quarantine", "yes", 0, 0, 1),
        new("actions.count", "count", 10, 1, 1000), new("actions.share", "percent", 5, 1, 100),
        new("contacts.confirmation", "days", 365, 30, 730), new("contacts.remind.before", "days", 30, 1, 90), new("contacts.remind.every", "days", 7, 1, 90),
        new("retention.offboarding", "days", 30, 0, 3650), new("retention.audit", "days", 365, 365, 3650), new("retention.alerts", "days", 180, 30, 3650), new("retention.logs", "days", 28, 1, 365),
    ];

    private static readonly Dictionary<string, FigureDefinition> ByKey = All.ToDictionary(figure => figure.Key, StringComparer.Ordinal);

    /// <summary>The figure of this key; null when there is none.</summary>
    public static FigureDefinition? Find(string key) => ByKey.GetValueOrDefault(key);
}
