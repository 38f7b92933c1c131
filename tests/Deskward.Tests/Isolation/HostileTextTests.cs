using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Deskward.Fixture;
using Deskward.Guards;
using Xunit;

namespace Deskward.Isolation;

/// <summary>Every text of a customer holds markup and begins like a formula: whatever a PC, a person or a directory wrote stays text, in each page, file and mail.</summary>
[Collection(IsolationTests.Name)]
public sealed partial class HostileTextTests(IsolationGrounds grounds)
{
    public static TheoryData<Engine> Engines => IsolationGround.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_page_takes_a_text_for_markup(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var escaped = new ConcurrentDictionary<Operation, bool>();
        Nothing.In(await IsolationGround.EachAsync(Asks(ground), async ask =>
        {
            var answer = await ground.AskAsync(ask.Visitor, ask.Page, ask.Page.With(ground.OwnId(ask.Page)));
            escaped.TryAdd(ask.Page, Escaped().IsMatch(answer.Body));
            return answer.Headers.Contains("text/html", StringComparison.Ordinal) && Raw().Match(answer.Body) is { Success: true } found ? [$"{ask.Visitor} {ask.Page}: {found.Value}"] : [];
        }));
        Assert.InRange(escaped.Count(page => page.Value), 10, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_file_takes_a_text_for_a_formula(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var files = new ConcurrentDictionary<Operation, bool>();
        Nothing.In(await IsolationGround.EachAsync(Asks(ground), async ask =>
        {
            var answer = await ground.AskAsync(ask.Visitor, ask.Page, ask.Page.With(ground.OwnId(ask.Page)));
            return !answer.Headers.Contains("text/csv", StringComparison.Ordinal) || !(files[ask.Page] = true) || !Formula().IsMatch(answer.Body) ? [] : [$"{ask.Visitor} {ask.Page}: {Formula().Match(answer.Body).Value}"];
        }));
        Assert.Equal(["/access/uses.csv", "/contacts.csv", "/devices.csv", "/people/export", "/policy-sets/{id:guid}/oma-uris.csv", "/registration-errors.csv", "/registrations.csv", "/security-contacts.csv"], files.Keys.Select(file => file.Pattern).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_form_from_elsewhere_is_refused_everywhere_and_writes_nothing(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var asks = ground.Operations.Where(operation => operation is { IsPortal: true, Method: "POST" } && operation.Pattern is not ("/preferences" or "/error" or "/status/{Code}"))
            .SelectMany(operation => ground.Visitors.Where(visitor => ground.May(visitor, operation)).Select(visitor => (visitor, operation))).ToList();
        await ground.FormsAsync(ground.Operations[0]);
        var before = await Ledger.OfAsync(ground.Service);
        Nothing.In(await IsolationGround.EachAsync(asks, async ask =>
        {
            var answer = await IsolationGround.ForgeAsync(ask.visitor, ask.operation, ask.operation.With(ground.OwnId(ask.operation)), (await ground.FormsAsync(ask.operation))[0]);
            var isIgnored = ask.operation.Pattern == "/sign-out" && !answer.Headers.Contains("Set-Cookie", StringComparison.Ordinal);
            return answer.Status == 400 || isIgnored ? [] : [$"{ask.visitor} {ask.operation}: {answer.Status}"];
        }));
        (await Ledger.OfAsync(ground.Service)).IsStill(before);
    }

    private static IEnumerable<(Visitor Visitor, Operation Page)> Asks(IsolationGround ground) =>
        ground.Visitors.Where(visitor => visitor.Roles.Count > 1 || visitor.GrantedAt is not null).SelectMany(visitor => ground.Pages.Where(page => ground.May(visitor, page)).Select(page => (visitor, page)));

    [GeneratedRegex("[a-z0-9]{12}-[0-9a-f]{8}<i>", RegexOptions.IgnoreCase)]
    private static partial Regex Raw();

    [GeneratedRegex("[a-z0-9]{12}-[0-9a-f]{8}&lt;i&gt;", RegexOptions.IgnoreCase)]
    private static partial Regex Escaped();

    [GeneratedRegex("(^|,)\"?[=+@-][^,]*", RegexOptions.Multiline)]
    private static partial Regex Formula();
}
