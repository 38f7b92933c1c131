using Xunit;

namespace Deskward.Responsibilities;

public sealed class CustomerCalendarTests
{
    private static readonly CustomerCalendar Zurich = In("Europe/Zurich");

    [Theory]
    [InlineData("2026-03-28T22:59:59Z", "2026-03-28")]
    [InlineData("2026-03-28T23:00:00Z", "2026-03-29")]
    [InlineData("2026-03-29T21:59:59Z", "2026-03-29")]
    [InlineData("2026-03-29T22:00:00Z", "2026-03-30")]
    [InlineData("2026-10-25T22:59:59Z", "2026-10-25")]
    [InlineData("2026-10-25T23:00:00Z", "2026-10-26")]
    public void The_day_is_the_customers_also_where_the_clock_changes(string instant, string day) => Assert.Equal(DateOnly.Parse(day, null), Zurich.DayOf(DateTimeOffset.Parse(instant, null)));

    [Theory]
    [InlineData("2026-03-29", "2026-03-28T23:00:00Z", 23)]
    [InlineData("2026-10-25", "2026-10-24T22:00:00Z", 25)]
    [InlineData("2026-07-01", "2026-06-30T22:00:00Z", 24)]
    public void A_day_is_23_24_or_25_hours_long(string day, string start, int hours)
    {
        var date = DateOnly.Parse(day, null);
        Assert.Equal(DateTimeOffset.Parse(start, null), Zurich.StartOf(date));
        Assert.Equal(TimeSpan.FromHours(hours), Zurich.EndOf(date) - Zurich.StartOf(date));
    }

    [Fact]
    public void Where_the_clock_jumps_over_midnight_the_day_begins_after_the_jump() =>
        Assert.Equal(DateTimeOffset.Parse("2026-04-23T22:00:00Z", null), In("Africa/Cairo").StartOf(new DateOnly(2026, 4, 24)));

    [Theory]
    [InlineData("2026-12-24", 0, "2026-12-24")]
    [InlineData("2026-12-24", 1, "2026-12-28")]
    [InlineData("2026-12-26", 0, "2026-12-28")]
    [InlineData("2026-12-24", 3, "2026-12-30")]
    public void Working_days_pass_over_weekends_and_holidays(string from, int count, string to) =>
        Assert.Equal(DateOnly.Parse(to, null), In("Europe/Zurich", new DateOnly(2026, 12, 25)).AddWorkingDays(DateOnly.Parse(from, null), count));

    [Fact]
    public void A_working_week_may_be_another()
    {
        var calendar = new CustomerCalendar([Version("Asia/Dubai", 0b0011111, new DateOnly(2020, 1, 1))], []);
        Assert.True(calendar.IsWorkingDay(new DateOnly(2026, 11, 29)));
        Assert.False(calendar.IsWorkingDay(new DateOnly(2026, 11, 27)));
    }

    [Fact]
    public void What_was_agreed_holds_from_its_day_on_and_not_before()
    {
        var calendar = new CustomerCalendar([Version("Asia/Tokyo", CustomerCalendar.MondayToFriday, new DateOnly(2026, 6, 1)), Version("Europe/Zurich", CustomerCalendar.MondayToFriday, new DateOnly(2020, 1, 1))], []);
        Assert.Equal("Europe/Zurich", calendar.ZoneOn(new DateOnly(2026, 5, 31)).Id);
        Assert.Equal("Asia/Tokyo", calendar.ZoneOn(new DateOnly(2026, 6, 1)).Id);
    }

    [Fact]
    public void Of_two_agreements_for_one_day_the_later_counts()
    {
        ContractFigure[] rows =
        [
            new() { Key = "notice.major", Value = 20, ValidFrom = new DateOnly(2026, 3, 1), SetAt = DateTimeOffset.UnixEpoch.AddDays(2) },
            new() { Key = "notice.major", Value = 10, ValidFrom = new DateOnly(2026, 3, 1), SetAt = DateTimeOffset.UnixEpoch.AddDays(1) },
        ];
        Assert.Equal(30, new FiguresOfDay(rows, new DateOnly(2026, 2, 28))["notice.major"]);
        Assert.Equal(20, new FiguresOfDay(rows, new DateOnly(2026, 3, 1))["notice.major"]);
        Assert.Throws<KeyNotFoundException>(() => new FiguresOfDay(rows, new DateOnly(2026, 3, 1))["nothing"]);
    }

    private static CustomerCalendar In(string zone, params DateOnly[] holidays) => new([Version(zone, CustomerCalendar.MondayToFriday, new DateOnly(2020, 1, 1))], holidays);

    private static CalendarVersion Version(string zone, int days, DateOnly from) => new() { TimeZone = zone, WorkingDays = days, ValidFrom = from };
}
