using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Responsibilities;

/// <summary>A customer's time zone and working week, from a day on. Rows are added, never changed.</summary>
public sealed class CalendarVersion : IStandingReadable
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>Name of the zone in the IANA database, such as <c>Europe/Zurich</c>.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>Bits by day of the week, Sunday the lowest.</summary>
    public int WorkingDays { get; init; }

    public DateOnly ValidFrom { get; init; }

    public DateTimeOffset SetAt { get; init; }

    public string SetBy { get; init; } = "";
}

/// <summary>A day on which a customer does not work.</summary>
public sealed class Holiday : IStandingReadable
{
    public Guid TenantId { get; init; }

    public DateOnly Day { get; init; }

    public string Name { get; set; } = "";
}

internal sealed class CustomerCalendarMapping : IEntityTypeConfiguration<CalendarVersion>, IEntityTypeConfiguration<Holiday>
{
    public void Configure(EntityTypeBuilder<CalendarVersion> builder)
    {
        builder.ToTable("responsibilities_calendars").HasKey(row => row.Id);
        builder.Property(row => row.TimeZone).HasMaxLength(60);
        builder.Property(row => row.SetBy).HasMaxLength(320);
        builder.HasIndex(row => new { row.TenantId, row.ValidFrom });
    }

    public void Configure(EntityTypeBuilder<Holiday> builder)
    {
        builder.ToTable("responsibilities_holidays").HasKey(row => new { row.TenantId, row.Day });
        builder.Property(row => row.Name).HasMaxLength(100);
    }
}

/// <summary>
/// How a customer counts days: pure, and right over changes of daylight saving, because it counts dates and turns them into instants last. Where
/// nothing was agreed: UTC, Monday to Friday, no holidays.
/// </summary>
public sealed class CustomerCalendar
{
    internal const int MondayToFriday = 0b0111110;
    private static readonly TimeSpan WorkBegins = TimeSpan.FromHours(9);
    private readonly IReadOnlyList<CalendarVersion> _versions;
    private readonly IReadOnlySet<DateOnly> _holidays;

    internal CustomerCalendar(IEnumerable<CalendarVersion> versions, IEnumerable<DateOnly> holidays) =>
        (_versions, _holidays) = ([.. versions.OrderBy(row => row.ValidFrom).ThenBy(row => row.SetAt)], holidays.ToHashSet());

    /// <summary>The date that people there write at this instant.</summary>
    public DateOnly DayOf(DateTimeOffset instant)
    {
        // The zone of a day depends on the day, which depends on the zone: the date in UTC is at most a day off, and zones change on agreed days.
        var zone = ZoneOn(DateOnly.FromDateTime(instant.UtcDateTime));
        return DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, ZoneOn(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime))).DateTime);
    }

    /// <summary>Whether people work there on this day.</summary>
    public bool IsWorkingDay(DateOnly day) => (WorkingDaysOn(day) >> (int)day.DayOfWeek & 1) == 1 && !_holidays.Contains(day);

    /// <summary>The day after so many working days; day 0 is the first working day that is not before <paramref name="day"/>.</summary>
    public DateOnly AddWorkingDays(DateOnly day, int count)
    {
        var at = NextWorkingDay(day);
        for (; count > 0; count--)
        {
            at = NextWorkingDay(at.AddDays(1));
        }

        return at;
    }

    /// <summary>The first instant of a day there. Where the clock jumps over midnight, the instant of the jump.</summary>
    public DateTimeOffset StartOf(DateOnly day) => InstantOf(day, TimeSpan.Zero);

    /// <summary>When what is due on a day is late: the first instant of the next.</summary>
    public DateTimeOffset EndOf(DateOnly day) => StartOf(day.AddDays(1));

    /// <summary>Nine in the morning of a day there: when people are reminded.</summary>
    public DateTimeOffset MorningOf(DateOnly day) => InstantOf(day, WorkBegins);

    /// <summary>The zone that is agreed for a day.</summary>
    public TimeZoneInfo ZoneOn(DateOnly day) => Version(day) is { } version && TimeZoneInfo.TryFindSystemTimeZoneById(version.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    private DateOnly NextWorkingDay(DateOnly day)
    {
        // A week without a working day is refused when it is agreed; a year of holidays is the end of patience, not of the loop.
        for (var tries = 0; tries < 400 && !IsWorkingDay(day); tries++)
        {
            day = day.AddDays(1);
        }

        return day;
    }

    /// <summary>The days of the week on which people work there, as agreed for a day: bits by day of the week, Sunday the lowest.</summary>
    internal int WorkingDaysOn(DateOnly day) => Version(day)?.WorkingDays ?? MondayToFriday;

    private CalendarVersion? Version(DateOnly day) => _versions.LastOrDefault(row => row.ValidFrom <= day);

    private DateTimeOffset InstantOf(DateOnly day, TimeSpan time)
    {
        var (zone, local) = (ZoneOn(day), day.ToDateTime(TimeOnly.FromTimeSpan(time)));
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        // An hour that comes twice begins with its first coming: the larger offset.
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
