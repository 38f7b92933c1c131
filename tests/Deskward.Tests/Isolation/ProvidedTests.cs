using Deskward.Fixture;
using Deskward.Guards;
using Deskward.DesiredState;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Isolation;

/// <summary>The provider's policy sets: every customer reads what is released, nobody but the provider changes it, and it is no window into another customer.</summary>
[Collection(IsolationTests.Name)]
public sealed class ProvidedTests(IsolationGrounds grounds)
{
    private const string Prefix = "/policy-sets/{";

    public static TheoryData<Engine> Engines => IsolationGround.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_customer_reads_what_is_released_and_not_what_is_not(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var reader = ground.Mightiest.First(visitor => !visitor.IsProvider);
        Assert.Contains("257 settings", await reader.Portal.TextAsync($"/policy-sets/{ground.Provided.Released}"), StringComparison.Ordinal);
        foreach (var page in ground.Pages.Where(page => page.Pattern.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            Assert.Equal((page, 404), (page, (await ground.AskAsync(reader, page, page.With(ground.Provided.Draft))).Status));
        }

        Assert.DoesNotContain("Not released", await reader.Portal.TextAsync("/policy-sets?q=released"), StringComparison.Ordinal);
        Assert.Equal([ground.Provided.Released], await ground.Service.QueryAsync(db => db.Set<PolicySet>().Where(row => row.Id == ground.Provided.Released || row.Id == ground.Provided.Draft).Select(row => row.Id).ToListAsync(), ground.A.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nobody_of_a_customer_changes_what_is_the_providers_or_where_it_stands(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        await ground.FormsAsync(ground.Operations[0]);
        var (provider, customer) = (await Ledger.OfAsync(ground.Service, ground.Provided.Provider), await AssignedAsync(ground));
        var asks = ground.Visitors.Where(visitor => !visitor.IsProvider && !visitor.IsNobody).SelectMany(visitor => ground.Operations.Where(operation => operation.Method == "POST" && operation.Pattern.StartsWith(Prefix, StringComparison.Ordinal)).Select(operation => (visitor, operation))).ToList();
        Nothing.In(await IsolationGround.EachAsync(asks, ask => CarriedOutAsync(ground, ask.visitor, ask.operation)));
        (await Ledger.OfAsync(ground.Service, ground.Provided.Provider)).IsStill(provider);
        Assert.Equal(customer, await AssignedAsync(ground));
        Assert.InRange(asks.Count, 10, int.MaxValue);
    }

    /// <summary>Each form of the operation, aimed at the provider's set, that was not refused.</summary>
    private static async Task<IEnumerable<string>> CarriedOutAsync(IsolationGround ground, Visitor visitor, Operation operation)
    {
        var (own, answers) = (ground.OwnId(operation), new List<string>());
        foreach (var form in await ground.FormsAsync(operation))
        {
            var answer = await ground.AskAsync(visitor, operation, operation.With(ground.Provided.Released), form.Exchange(own, ground.Provided.Released));
            answers.AddRange(answer.Status is >= 300 and < 400 or >= 500 ? [$"{visitor} {operation}: {answer.Status}"] : []);
        }

        return answers;
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_page_of_a_provided_set_names_no_other_customer_to_a_customer(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        foreach (var visitor in ground.Mightiest.Where(visitor => !visitor.IsProvider || visitor.GrantedAt is not null))
        {
            var text = await visitor.Portal.MarkupAsync($"/policy-sets/{ground.Provided.Released}") + await visitor.Portal.MarkupAsync("/policy-sets") + await visitor.Portal.MarkupAsync("/profiles");
            Assert.Equal((visitor, false), (visitor, visitor.IsProvider ? ground.B.Mark.IsPersonalIn(text) : ground.B.Mark.IsIn(text)));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_the_providers_cannot_be_saved_with_a_customer_open(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ground.Service.QueryAsync(async db =>
        {
            (await db.Set<PolicySet>().SingleAsync(row => row.Id == ground.Provided.Released)).Name = "Changed";
            return await db.SaveChangesAsync();
        }, ground.A.Id));
    }

    private static Task<List<string>> AssignedAsync(IsolationGround ground) => ground.Service.QueryAsync(
        async db => (await db.Set<Assignment>().OrderBy(row => row.Id).ToListAsync()).ConvertAll(row => $"{row.Id} {row.PolicySetVersionId} {row.Layer} {row.Version}"), ground.A.Id);
}
