using Deskward.Responsibilities;
using Xunit;

namespace Deskward.Reports.FirstPage;

public sealed class PolicyEvidenceTests
{
    private static readonly Guid Contoso = Guid.CreateVersion7();

    [Theory]
    [InlineData(100, 0, EvidenceState.Good)]
    [InlineData(95, 0, EvidenceState.Good)]
    [InlineData(94, 0, EvidenceState.Attention)]
    [InlineData(80, 0, EvidenceState.Attention)]
    [InlineData(79, 0, EvidenceState.Bad)]
    [InlineData(100, 6, EvidenceState.Attention)]
    public void The_share_that_is_agreed_decides_and_old_evidence_does_not_count(int desired, int stale, EvidenceState state) =>
        Assert.Equal(state, Share(new FleetNeeds { Tenant = Contoso, Total = 100, Desired = desired, Stale = stale }).State);

    [Fact]
    public void No_PCs_is_not_known_rather_than_good() =>
        Assert.Equal(EvidenceState.Unknown, Assert.Single(PolicyEvidence.Facts(new FleetNeeds { Tenant = Contoso }, 95, 36)).State);

    [Fact]
    public void Old_evidence_is_told_as_unknown() =>
        Assert.Contains(PolicyEvidence.Facts(new FleetNeeds { Tenant = Contoso, Total = 100, Desired = 100, Stale = 1 }, 95, 36), fact => fact is { Key: "P1.stale", State: EvidenceState.Unknown, Numbers: [1] });

    [Fact]
    public void What_a_PC_refuses_is_the_providers_turn_and_a_PC_that_does_not_come_the_customers()
    {
        var facts = PolicyEvidence.Facts(new FleetNeeds { Tenant = Contoso, Total = 10, Desired = 10, Failed = 1, Silent = 2 }, 95, 36);
        Assert.Equal(Party.Provider, facts.Single(fact => fact.Key == "P1.failed").Turn);
        Assert.Equal(Party.Customer, facts.Single(fact => fact.Key == "P1.silent").Turn);
    }

    [Fact]
    public void What_of_policies_waits_for_somebody_is_told_and_what_was_put_back_is_in_order()
    {
        var facts = PolicyEvidence.Facts(new FleetNeeds { Tenant = Contoso, Total = 10, Desired = 10, Requests = 2, Unserved = 1, NotCompliant = 3, Contested = 1, Repaired = 4 }, 95, 36);
        Assert.Equal(
            [("P1.exceptions", Party.Provider), ("P1.unserved", Party.Customer), ("P1.noncompliant", Party.Customer), ("P1.contested", Party.Customer), ("P1.repaired", null)],
            facts.Skip(1).Select(fact => (fact.Key, fact.Turn)));
        Assert.Equal(("P1.repaired", 4), (facts.Last(fact => fact.State == EvidenceState.Good).Key, facts[^1].Numbers[0]));
    }

    [Fact]
    public void Causes_of_all_customers_are_told_together_and_lead_to_all_of_them()
    {
        List<CustomerBoard> boards = [.. Enumerable.Range(2, 2).Select(failed => Board(new FleetNeeds { Tenant = Guid.CreateVersion7(), Total = 10, Desired = 9, Failed = failed, Contested = 1 }))];
        var failed = Assert.Single(PolicyEvidence.Together(boards), fact => fact.Key == "P1.failed");
        Assert.Equal((5, "/devices?open=failed"), (failed.Numbers[0], failed.Path));
        Assert.Equal("/drift", Assert.Single(PolicyEvidence.Together(boards), fact => fact.Key == "P1.contested").Path);
        Assert.Equal([18, 20], PolicyEvidence.Fleet(boards)!.Numbers);
    }

    [Fact]
    public void Customers_without_PCs_have_no_share_together() => Assert.Null(PolicyEvidence.Fleet([Board(new FleetNeeds { Tenant = Contoso })]));

    private static EvidenceFact Share(FleetNeeds fleet) => PolicyEvidence.Facts(fleet, 95, 36).Single(fact => fact.Key == PolicyEvidence.Share);

    private static CustomerBoard Board(FleetNeeds fleet) => new(fleet.Tenant, DateTimeOffset.UnixEpoch, [new BoardRow(Matrix.Default.Rows[0], PolicyEvidence.Facts(fleet, 95, 36))]);
}
