using Deskward.Faults;
using Deskward.Fixture;
using Deskward.Guards;
using Xunit;

namespace Deskward.Isolation;

/// <summary>
/// Every operation of every route, tried by everybody whom the matrix does not allow it: with ids of their own customer, of another, and of none. Half of it on each engine, all on both
/// in a long run: the refusal comes before the database.
/// </summary>
[Collection(IsolationTests.Name)]
public sealed class RefusalTests(IsolationGrounds grounds)
{
    public static TheoryData<Engine> Engines => IsolationGround.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_the_matrix_does_not_allow_is_refused_and_writes_nothing(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var asks = ground.Operations.Where(operation => operation.IsPortal).SelectMany(operation => ground.Visitors.Where(visitor => !ground.May(visitor, operation)).Select(visitor => (visitor, operation))).ToList();
        await ground.FormsAsync(ground.Operations[0]);
        var before = await Ledger.OfAsync(ground.Service);
        Nothing.In(await IsolationGround.EachAsync(asks.Where((_, number) => Effort.IsLong || number % 2 == (int)engine), ask => OffencesAsync(ground, ask.visitor, ask.operation)));
        (await Ledger.OfAsync(ground.Service)).IsStill(before);
        Assert.InRange(asks.Count, 500, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whatever_the_matrix_allows_opens_to_somebody_with_an_id_of_their_own(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        Nothing.In(await IsolationGround.EachAsync(ground.Pages, async page =>
        {
            var answers = new List<Answer>();
            foreach (var visitor in ground.Visitors.Where(visitor => ground.May(visitor, page)).OrderByDescending(visitor => visitor.Roles.Count))
            {
                answers.Add(await ground.AskAsync(visitor, page, page.With(ground.OwnId(page))));
                if (answers[^1].Status == 200)
                {
                    return [];
                }
            }

            return page.IsOpen ? [] : [$"{page} opens to nobody: {string.Join(", ", answers.Select(answer => answer.Status).Distinct())}"];
        }));
    }

    private static async Task<IEnumerable<string>> OffencesAsync(IsolationGround ground, Visitor visitor, Operation operation)
    {
        Guid[] ids = operation.Kind is { } kind ? [ground.A.Rows[kind], ground.B.Rows[kind], Guid.CreateVersion7()] : [Guid.Empty];
        var forms = operation.Method == "GET" ? [PostedForm.Bare] : await ground.FormsAsync(operation);
        var answers = new List<Answer>();
        foreach (var form in forms.Take(2))
        {
            foreach (var id in ids)
            {
                answers.Add(await ground.AskAsync(visitor, operation, operation.With(id), operation.Kind is null ? form : form.Exchange(ids[0], id), id.ToString()));
            }
        }

        return answers.Distinct().Skip(1).Select(answer => $"{visitor} {operation}: answered in different ways: {answer.Against(answers[0])}")
            .Concat(answers.Where(answer => !IsRefused(visitor, operation, answer)).Select(answer => $"{visitor} {operation}: {answer.Status} {answer.Headers.ReplaceLineEndings(" ")}").Distinct());
    }

    private static bool IsRefused(Visitor visitor, Operation operation, Answer answer) =>
        visitor.IsNobody ? answer.Status == 401 || (answer.Status == 302 && answer.Headers.Contains("/sign-in?", StringComparison.Ordinal))
        : answer.Status == 403 || (operation is { Method: "GET", Pattern: "/" } && answer.Status == 302 && answer.Headers.Contains("Location: /password", StringComparison.Ordinal));
}
