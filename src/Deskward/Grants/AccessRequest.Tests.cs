using Deskward.Platform;
using Deskward.Platform.Duties;
using Xunit;

namespace Deskward.Grants;

public sealed class AccessRequestTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid Ed = Guid.CreateVersion7();
    private static readonly Answerer Eva = new(Guid.CreateVersion7(), "eva@northwind.example", SecondPerson.Provider);

    [Fact]
    public void An_approved_request_is_a_grant_for_its_hours_and_no_longer()
    {
        var request = NewRequest(hours: 3);
        Assert.Null(request.Answer(true, Eva, Monday.AddHours(1)));
        Assert.Equal((Monday.AddHours(1), Monday.AddHours(4)), (request.Since, request.Until));
        Assert.Equal(AccessState.Approved, request.StateAt(Monday.AddHours(4).AddTicks(-1)));
        Assert.Equal(AccessState.Ended, request.StateAt(Monday.AddHours(4)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nobody_answers_their_own_request(bool approve)
    {
        var request = NewRequest();
        Assert.Equal(RefusalReason.NotAllowed, request.Answer(approve, new Answerer(Ed, "ed@northwind.example", SecondPerson.Provider), Monday)!.Reason);
        Assert.Equal(AccessState.Requested, request.StateAt(Monday));
    }

    [Fact]
    public void A_request_that_nobody_answers_in_a_day_lapses()
    {
        var request = NewRequest();
        Assert.Equal(AccessState.Requested, request.StateAt(Monday.AddHours(24).AddTicks(-1)));
        Assert.Equal(RefusalReason.Conflict, request.Answer(true, Eva, Monday.AddHours(24))!.Reason);
        request.Settle(Monday.AddDays(2));
        Assert.Equal((AccessState.Lapsed, Monday.AddHours(24)), (request.State, request.EndedAt));
    }

    [Fact]
    public void What_was_answered_is_not_answered_again()
    {
        var request = NewRequest();
        Assert.Null(request.Answer(false, Eva, Monday));
        Assert.Equal(RefusalReason.Conflict, request.Answer(true, Eva, Monday)!.Reason);
        Assert.Equal((AccessState.Declined, (DateTimeOffset?)null), (request.State, request.Until));
    }

    [Theory]
    [InlineData(AccessEnding.Engineer)]
    [InlineData(AccessEnding.Customer)]
    [InlineData(AccessEnding.RoleLost)]
    public void A_grant_ends_at_any_time(AccessEnding ending)
    {
        var request = NewRequest();
        request.Answer(true, Eva, Monday);
        Assert.Null(request.End(Eva, ending, Monday.AddMinutes(1)));
        Assert.Equal((AccessState.Ended, ending), (request.StateAt(Monday.AddMinutes(1)), request.Ending));
        Assert.Equal(RefusalReason.Conflict, request.End(Eva, ending, Monday.AddMinutes(2))!.Reason);
    }

    [Fact]
    public void The_asker_withdraws_and_the_customer_declines_instead()
    {
        var request = NewRequest();
        Assert.NotNull(request.End(Eva, AccessEnding.Customer, Monday));
        Assert.Null(request.End(Eva, AccessEnding.Engineer, Monday));
        Assert.Equal(AccessState.Withdrawn, request.State);
    }

    [Theory]
    [InlineData(Role.OperationsEngineer, "Update of the proxy", 8, null)]
    [InlineData(Role.SocAnalyst, "Update of the proxy", 1, RefusalReason.NotAllowed)]
    [InlineData(Role.ItAdministrator, "Update of the proxy", 1, RefusalReason.NotAllowed)]
    [InlineData(Role.ProviderOwner, "Update of the proxy", 1, RefusalReason.NotAllowed)]
    [InlineData(Role.OperationsEngineer, " too short  ", 1, RefusalReason.Invalid)]
    [InlineData(Role.OperationsEngineer, "Update of the proxy", 0, RefusalReason.Invalid)]
    [InlineData(Role.OperationsEngineer, "Update of the proxy", 9, RefusalReason.Invalid)]
    public void Only_a_role_that_one_holds_is_asked_for_with_a_reason_and_some_hours(Role role, string reason, int hours, RefusalReason? refused)
    {
        var asker = new Member(Ed, Guid.CreateVersion7(), true, RoleSet.Of(Role.OperationsEngineer, Role.ProviderOwner), []);
        Assert.Equal(refused, AccessRules.Refuse(asker, new AccessWish(Guid.CreateVersion7(), role, reason, hours))?.Reason);
    }

    [Fact]
    public void A_reason_of_501_characters_is_too_long()
    {
        Assert.Null(AccessRules.RefuseReason(new string('x', 500)));
        Assert.NotNull(AccessRules.RefuseReason(new string('x', 501)));
    }

    [Fact]
    public void The_owner_and_the_customers_roles_are_never_granted() =>
        Assert.Equal([Role.OperationsEngineer, Role.SocAnalyst, Role.ServiceLead, Role.Auditor], AccessRules.Grantable.Roles);

    private static AccessRequest NewRequest(int hours = 1) => new() { PersonId = Ed, Role = Role.OperationsEngineer, Hours = hours, RequestedAt = Monday };
}
