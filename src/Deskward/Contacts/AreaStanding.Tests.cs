using Deskward.Responsibilities;
using Xunit;

namespace Deskward.Contacts;

public sealed class AreaStandingTests
{
    private static readonly DateOnly Confirmed = new(2025, 11, 25);

    [Theory]
    [InlineData(1, "2026-11-25", AreaState.Confirmed)]
    [InlineData(1, "2026-11-26", AreaState.Overdue)]
    [InlineData(0, "2025-11-25", AreaState.Missing)]
    public void A_confirmation_holds_for_the_agreed_days_and_the_last_of_them(int contacts, string today, AreaState state) =>
        Assert.Equal(state, AreaStanding.On(ContactArea.Devices, contacts, Confirmed, DateOnly.Parse(today, null), 365).State);

    [Fact]
    public void Contacts_that_nobody_confirmed_are_not_confirmed() =>
        Assert.Equal((AreaState.Unconfirmed, null), (AreaStanding.On(ContactArea.Devices, 2, null, Confirmed, 365).State, AreaStanding.On(ContactArea.Devices, 2, null, Confirmed, 365).DueOn));

    [Fact]
    public void Nobody_needs_to_be_named_for_other_matters() => Assert.Equal(AreaState.Empty, AreaStanding.On(ContactArea.Other, 0, null, Confirmed, 365).State);

    [Theory]
    [InlineData("2026-10-25", null, false)]
    [InlineData("2026-10-26", null, true)]
    [InlineData("2026-11-20", "2026-10-26", false)]
    [InlineData("2026-11-25", "2026-10-26", true)]
    [InlineData("2026-12-01", "2026-11-25", false)]
    [InlineData("2026-12-02", "2026-11-25", true)]
    [InlineData("2026-10-26", "2025-11-20", true)]
    public void Somebody_is_reminded_once_ahead_and_weekly_from_the_day_on(string today, string? last, bool due) =>
        Assert.Equal(due, ReminderRule.IsDue(DateOnly.Parse(today, null), new DateOnly(2026, 11, 25), last is null ? null : DateOnly.Parse(last, null), 30, 7));

    [Fact]
    public void The_board_tells_security_apart_and_what_is_late_with_its_day()
    {
        var standings = ContactAreas.All.Select(area => AreaStanding.On(area, area == ContactArea.Other ? 0 : 1, area == ContactArea.Devices ? Confirmed : Confirmed.AddDays(100), Confirmed.AddDays(400), 365)).ToList();
        var facts = ContactEvidence.Facts(Guid.CreateVersion7(), standings, security: false).ToList();
        Assert.Equal([("C7.confirmed", "3 4"), ("C7.overdue", "1")], facts.Select(fact => (fact.Key, string.Join(' ', fact.Numbers))));
        Assert.Equal((Confirmed.AddDays(366), Party.Customer), (facts[1].OverdueSince, facts[1].Turn));
        Assert.Equal(("C7.security-confirmed", "C7.security-contacts"), Assert.Single(ContactEvidence.Facts(Guid.CreateVersion7(), standings, security: true).Select(fact => (fact.Key, fact.Duty))));
    }
}
