using Deskward.Platform.Duties;
using Xunit;

namespace Deskward.Responsibilities;

/// <summary>What is told about rights, against how they are decided: for each role, duty and action, here, at a customer with and without a grant, and with duties handed over.</summary>
public sealed class RightsExplanationTests
{
    private static readonly Guid Contoso = Guid.CreateVersion7();
    private static readonly Guid Fabrikam = Guid.CreateVersion7();
    private static readonly Guid Northwind = Guid.CreateVersion7();
    private readonly RightsTable _table = new(Matrix.Default);

    public static TheoryData<Role, DutyHolder?> Cases => [.. from role in RoleSet.All from to in new DutyHolder?[] { null, DutyHolder.Provider, DutyHolder.SupportPartner } select new TheoryDataRow<Role, DutyHolder?>(role, to)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_told_is_what_is_decided(Role role, DutyHolder? handed)
    {
        _table.DemandNone([Fabrikam]);
        _table.Hand(handed is { } to ? Matrix.Default.Duties.Where(duty => duty.Delegable?.Contains(to) == true).Select(duty => new HandedDuty(Contoso, duty.Id, to)) : []);
        Member[] people = role.IsProvider
            ? [Provider(role), Provider(role, new GrantedRole(Guid.CreateVersion7(), Contoso, role, DateTimeOffset.MaxValue))]
            : [new(Guid.CreateVersion7(), Contoso, false, RoleSet.Of(role, Role.EndUser), [])];
        var explanation = new RightsExplanation(_table, Matrix.Default);
        foreach (var (person, organisation, duty, action) in from person in people from organisation in new[] { Northwind, Contoso, Fabrikam } from duty in Matrix.Default.Duties from action in Enum.GetValues<DutyAction>() select (person, organisation, duty.Id, action))
        {
            var told = explanation.At(person, organisation, duty, action).Select(reason => reason.Level).DefaultIfEmpty(AccessLevel.None).Max();
            Assert.Equal((duty, action, organisation, _table.Of(person, organisation, duty, action)), (duty, action, organisation, told));
        }
    }

    [Fact]
    public void A_grant_tells_where_and_until_when()
    {
        var until = DateTimeOffset.UnixEpoch;
        var engineer = Provider(Role.OperationsEngineer, new GrantedRole(Guid.CreateVersion7(), Contoso, Role.OperationsEngineer, until));
        var reasons = new RightsExplanation(_table, Matrix.Default).Of(engineer, "P1.policies", DutyAction.Act);
        Assert.Contains(new RightsReason(RightsCause.Grant, AccessLevel.Full, Role.OperationsEngineer, Contoso, until), reasons);
    }

    [Fact]
    public void A_duty_that_is_handed_over_tells_so()
    {
        _table.Hand([new HandedDuty(Contoso, "C9.printers", DutyHolder.Provider)]);
        var reasons = new RightsExplanation(_table, Matrix.Default).Of(Provider(Role.OperationsEngineer), "C9.printers", DutyAction.Act);
        Assert.Equal([new RightsReason(RightsCause.Handed, AccessLevel.Standing, Role.OperationsEngineer, Contoso, null)], reasons);
    }

    private static Member Provider(Role role, params GrantedRole[] grants) => new(Guid.CreateVersion7(), Northwind, true, RoleSet.Of(role), grants);
}
