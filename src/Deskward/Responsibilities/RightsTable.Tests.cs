using Deskward.Platform.Duties;
using Xunit;

namespace Deskward.Responsibilities;

public sealed class RightsTableTests
{
    private static readonly Guid Contoso = Guid.CreateVersion7();
    private static readonly Guid Fabrikam = Guid.CreateVersion7();
    private static readonly Guid Northwind = Guid.CreateVersion7();
    private readonly RightsTable _table = new(Matrix.Default);

    [Theory]
    [InlineData(Role.ItAdministrator, "P6.groups", DutyAction.Act, AccessLevel.Full)]
    [InlineData(Role.ServiceReader, "P6.groups", DutyAction.Read, AccessLevel.Full)]
    [InlineData(Role.ServiceReader, "P6.groups", DutyAction.Act, AccessLevel.None)]
    [InlineData(Role.ItAdministrator, "platform.roles", DutyAction.Act, AccessLevel.None)]
    [InlineData(Role.CustomerOwner, "platform.roles", DutyAction.Act, AccessLevel.Full)]
    [InlineData(Role.ChangeApprover, "C1.approval", DutyAction.Approve, AccessLevel.Full)]
    [InlineData(Role.SupportPartner, "P2.elevation", DutyAction.Request, AccessLevel.Full)]
    [InlineData(Role.EndUser, "platform.own-account", DutyAction.Act, AccessLevel.Full)]
    [InlineData(Role.EndUser, "platform.devices", DutyAction.Read, AccessLevel.None)]
    public void A_customers_person_may_what_the_matrix_says_in_the_own_organisation(Role role, string duty, DutyAction action, AccessLevel level)
    {
        Assert.Equal(level, _table.Of(Customer(role), Contoso, duty, action));
        Assert.Equal(AccessLevel.None, _table.Of(Customer(role), Fabrikam, duty, action));
        Assert.Equal(AccessLevel.None, _table.Of(Customer(role), Northwind, duty, action));
    }

    [Fact]
    public void Of_security_an_IT_administrator_sees_nothing()
    {
        var administrator = Customer(Role.ItAdministrator);
        foreach (var duty in Matrix.Default.Duties.Where(duty => duty.Security))
        {
            Assert.All(duty.Actions.Keys, action => Assert.Equal(AccessLevel.None, _table.Of(administrator, Contoso, duty.Id, action)));
        }
    }

    [Fact]
    public void A_providers_person_reaches_a_customer_by_grant_and_no_other_customer()
    {
        var engineer = Provider([Role.OperationsEngineer], new GrantedRole(Guid.CreateVersion7(), Contoso, Role.OperationsEngineer, DateTimeOffset.MaxValue));
        Assert.Equal(AccessLevel.Full, _table.Of(engineer, Contoso, "P1.policies", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(engineer, Fabrikam, "P1.policies", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(Provider([Role.OperationsEngineer]), Contoso, "P1.policies", DutyAction.Act));
    }

    [Fact]
    public void Without_a_grant_there_is_the_standing_level_and_no_write()
    {
        var engineer = Provider([Role.OperationsEngineer]);
        Assert.Equal(AccessLevel.Standing, _table.Of(engineer, Contoso, "platform.board", DutyAction.Read));
        Assert.Equal(AccessLevel.None, _table.Of(engineer, Contoso, "platform.device-details", DutyAction.Read));
        Assert.Equal(AccessLevel.None, _table.Of(engineer, Contoso, "platform.devices", DutyAction.Act));
    }

    [Fact]
    public void Where_the_contract_demands_no_grant_the_providers_roles_count_as_granted()
    {
        _table.DemandNone([Contoso]);
        var engineer = Provider([Role.OperationsEngineer]);
        Assert.Equal(AccessLevel.Full, _table.Of(engineer, Contoso, "platform.devices", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(engineer, Fabrikam, "platform.devices", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(engineer, Contoso, "platform.roles", DutyAction.Act));
    }

    [Fact]
    public void Protective_action_needs_no_grant_and_is_the_analysts_alone()
    {
        Assert.Equal(AccessLevel.Protective, _table.Of(Provider([Role.SocAnalyst]), Contoso, "P4.isolation", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(Provider([Role.OperationsEngineer]), Contoso, "P4.isolation", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(Provider([Role.SocAnalyst]), Contoso, "P4.remediation", DutyAction.Act));
    }

    [Fact]
    public void A_duty_handed_over_is_done_by_the_other_and_still_seen_at_home()
    {
        _table.Hand([new HandedDuty(Contoso, "C9.printers", DutyHolder.Provider)]);
        var (administrator, engineer) = (Customer(Role.ItAdministrator), Provider([Role.OperationsEngineer]));
        Assert.Equal(AccessLevel.Full, _table.Of(administrator, Contoso, "C9.printers", DutyAction.Read));
        Assert.Equal(AccessLevel.None, _table.Of(administrator, Contoso, "C9.printers", DutyAction.Act));
        Assert.Equal(AccessLevel.Standing, _table.Of(engineer, Contoso, "C9.printers", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(engineer, Fabrikam, "C9.printers", DutyAction.Act));
    }

    [Fact]
    public void A_duty_handed_to_a_support_partner_is_the_partners()
    {
        _table.Hand([new HandedDuty(Contoso, "C9.printers", DutyHolder.SupportPartner)]);
        Assert.Equal(AccessLevel.Full, _table.Of(Customer(Role.SupportPartner), Contoso, "C9.printers", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(Customer(Role.ItAdministrator), Contoso, "C9.printers", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(Provider([Role.OperationsEngineer]), Contoso, "C9.printers", DutyAction.Act));
    }

    [Theory]
    [InlineData("P1.nothing", DutyAction.Read)]
    [InlineData("P1.policies", DutyAction.Close)]
    [InlineData("", DutyAction.Read)]
    public void What_the_matrix_does_not_name_is_nobodys(string duty, DutyAction action) =>
        Assert.Equal(AccessLevel.None, _table.Of(Customer([.. RoleSet.All.Where(role => !role.IsProvider)]), Contoso, duty, action));

    [Fact]
    public void What_a_directory_may_do_opens_nothing_to_a_person()
    {
        Assert.Equal(AccessLevel.Full, _table.Of(null, Guid.Empty, "C2.metadata", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(Customer(Role.ServiceReader), Contoso, "C2.metadata", DutyAction.Act));
    }

    [Fact]
    public void What_is_open_to_anyone_opens_no_other_organisation()
    {
        Assert.Equal(AccessLevel.Full, _table.Of(null, Guid.Empty, "platform.sign-in", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(null, Contoso, "platform.sign-in", DutyAction.Act));
        Assert.Equal(AccessLevel.None, _table.Of(Provider([Role.ProviderOwner]), Contoso, "platform.own-account", DutyAction.Act));
    }

    private static Member Customer(params Role[] roles) => new(Guid.CreateVersion7(), Contoso, false, RoleSet.Of([.. roles, Role.EndUser]), []);

    private static Member Provider(Role[] roles, params GrantedRole[] grants) => new(Guid.CreateVersion7(), Northwind, true, RoleSet.Of(roles), grants);
}
