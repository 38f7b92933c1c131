using Xunit;

namespace Deskward.Policies.Exceptions;

public sealed class ExceptionAssessmentTests
{
    private const string Answer = "The line of business needs it.";
    private static readonly DateOnly Today = new(2026, 3, 2);
    private static readonly DateOnly Wanted = new(2028, 3, 2);

    [Fact]
    public void All_criteria_must_hold_for_an_approval() => Assert.All(ExceptionAssessment.Each, one =>
    {
        Assert.Null(Refuse(new ExceptionDecision(true, ExceptionAssessment.All, ExceptionNeed.NotMet, Wanted, Answer)));
        Assert.Contains("all criteria", Refuse(new ExceptionDecision(true, ExceptionAssessment.All & ~one, ExceptionNeed.NotMet, Wanted, Answer)), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(12, true)]
    [InlineData(13, false)]
    public void Where_our_technology_meets_the_need_it_is_a_migration_of_3_to_12_months(int months, bool may) =>
        Assert.Equal(may, Refuse(new ExceptionDecision(true, ExceptionAssessment.All, ExceptionNeed.Met, Today.AddMonths(months), Answer)) is null);

    [Fact]
    public void Only_productivity_software_is_needed_for_the_work()
    {
        var decision = new ExceptionDecision(true, ExceptionAssessment.All, ExceptionNeed.NeededForWork, Wanted, Answer);
        Assert.Null(ExceptionAssessment.Refuse(decision, ExceptionType.ProductivitySoftware, Wanted, Today));
        Assert.NotNull(Refuse(decision));
    }

    [Fact]
    public void A_refusal_names_a_criterion_that_does_not_hold()
    {
        Assert.Contains("nothing by which", Refuse(new ExceptionDecision(false, ExceptionAssessment.All, ExceptionNeed.NotMet, default, Answer)), StringComparison.Ordinal);
        Assert.Null(Refuse(new ExceptionDecision(false, ExceptionAssessment.All, ExceptionNeed.Met, default, Answer)));
        Assert.Null(Refuse(new ExceptionDecision(false, ExceptionAssessment.All & ~ExceptionCriteria.Cost, ExceptionNeed.NotMet, default, Answer)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(800)]
    public void The_agreed_end_lies_between_today_and_what_was_asked_for(int days) =>
        Assert.Contains("agreed end", Refuse(new ExceptionDecision(true, ExceptionAssessment.All, ExceptionNeed.NotMet, Today.AddDays(days), Answer)), StringComparison.Ordinal);

    [Fact]
    public void Each_of_the_four_fields_is_needed()
    {
        var wish = new ExceptionWish(ExceptionType.Policies, Answer, Answer, Wanted, Guid.Empty, "./a\t1");
        Assert.Null(ExceptionRules.Refuse(wish, Today));
        Assert.Contains("type", ExceptionRules.Refuse(wish with { Type = null }, Today)!.Message, StringComparison.Ordinal);
        Assert.Contains("business", ExceptionRules.Refuse(wish with { Requirement = "" }, Today)!.Message, StringComparison.Ordinal);
        Assert.Contains("propose", ExceptionRules.Refuse(wish with { Proposal = "too short" }, Today)!.Message, StringComparison.Ordinal);
        Assert.All(new DateOnly?[] { null, Today, Today.AddYears(4) }, until => Assert.Contains("until", ExceptionRules.Refuse(wish with { Until = until }, Today)!.Message, StringComparison.Ordinal));
        Assert.Contains("settings", ExceptionRules.Refuse(wish with { Settings = "" }, Today)!.Message, StringComparison.Ordinal);
        Assert.Null(ExceptionRules.Refuse(wish with { Settings = "", Type = ExceptionType.SecurityAgents }, Today));
    }

    private static string? Refuse(ExceptionDecision decision) => ExceptionAssessment.Refuse(decision, ExceptionType.Policies, Wanted, Today)?.Message;
}
