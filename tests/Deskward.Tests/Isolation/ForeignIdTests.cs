using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Deskward.Fixture;
using Deskward.Guards;
using Deskward.Platform.Duties;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Isolation;

/// <summary>An id of another customer, in the address, in a form, in a filter: answered exactly as one of nothing, whoever asks.</summary>
[Collection(IsolationTests.Name)]
public sealed partial class ForeignIdTests(IsolationGrounds grounds)
{
    public static TheoryData<Engine> Engines => IsolationGround.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task In_an_address_it_is_answered_as_a_random_one(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var asks = ground.Operations.Where(operation => operation is { IsPortal: true, Kind: not null })
            .SelectMany(operation => ground.Visitors.Where(visitor => ground.May(visitor, operation) && operation.Level(visitor, ground.B.Id) == AccessLevel.None).Select(visitor => (visitor, operation))).ToList();
        await ground.FormsAsync(ground.Operations[0]);
        var before = await Ledger.OfAsync(ground.Service, ground.B.Id);
        Nothing.In(await IsolationGround.EachAsync(asks, async ask =>
        {
            var (own, foreign, random) = (ground.OwnId(ask.operation), ground.B.Rows[ask.operation.Kind!.Value], Guid.CreateVersion7());
            var forms = ask.operation.Method == "GET" ? [PostedForm.Bare] : await ground.FormsAsync(ask.operation);
            return await DifferencesAsync(ground, ask.visitor, ask.operation, forms.Take(3).Select(form => (
                new Question(ask.operation.With(foreign), form.Exchange(own, foreign), foreign), new Question(ask.operation.With(random), form.Exchange(own, random), random))));
        }));
        (await Ledger.OfAsync(ground.Service, ground.B.Id)).IsStill(before);
        Assert.InRange(asks.Count, 100, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task In_a_form_it_is_answered_as_a_random_one(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (mine, theirs) = (await IdsAsync(ground, ground.A), (await IdsAsync(ground, ground.B)).ToLookup(pair => pair.Value, pair => pair.Key));
        await ground.FormsAsync(ground.Operations[0]);
        var before = await Ledger.OfAsync(ground.Service, ground.B.Id);
        var asks = ground.Mightiest.SelectMany(visitor => ground.Operations.Where(operation => operation is { IsPortal: true, IsOpen: false, Method: "POST" } && ground.May(visitor, operation)
            && operation.Level(visitor, ground.B.Id) == AccessLevel.None).Select(operation => (visitor, operation)));
        Nothing.In(await IsolationGround.EachAsync(asks, async ask =>
        {
            var swaps = (await ground.FormsAsync(ask.operation)).SelectMany(form => form.Ids.Where(mine.ContainsKey).Select(id => (form, id, foreign: theirs[mine[id]].DefaultIfEmpty(ground.B.Id).First(), random: Guid.CreateVersion7())));
            var path = ask.operation.With(ground.OwnId(ask.operation));
            return await DifferencesAsync(ground, ask.visitor, ask.operation, swaps.Select(swap => (
                new Question(path, swap.form.Exchange(swap.id, swap.foreign), swap.foreign), new Question(path, swap.form.Exchange(swap.id, swap.random), swap.random))));
        }));
        (await Ledger.OfAsync(ground.Service, ground.B.Id)).IsStill(before);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task In_a_filter_it_is_answered_as_a_random_one(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var names = Sources.Product.SelectMany(file => IdName().Matches(file.Text)).Select(match => match.Groups["name"].Value).Distinct().ToList();
        var asks = ground.Mightiest.SelectMany(visitor => ground.Pages.Where(page => ground.May(visitor, page) && !page.IsOpen && page.Level(visitor, ground.B.Id) == AccessLevel.None).Select(page => (visitor, page)));
        var asked = new ConcurrentBag<string>();
        Nothing.In(await IsolationGround.EachAsync(asks, async ask =>
        {
            var own = await ground.AskedOfAsync(ask.visitor, ask.page, names);
            own.ToList().ForEach(asked.Add);
            var pairs = own.Select(name => (name, foreign: ground.B.Rows[KindOf(name)], random: Guid.CreateVersion7())).Select(one => (Query(ask.page, one.name, one.foreign), Query(ask.page, one.name, one.random)));
            return await DifferencesAsync(ground, ask.visitor, ask.page, pairs);
        }));
        Assert.Empty(names.Except(asked));

        Question Query(Operation page, string name, Guid id) => new(page.With(ground.OwnId(page), $"{name}={id}"), PostedForm.Bare, id);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_text_of_another_customer_finds_what_a_random_one_finds(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var names = Sources.Product.SelectMany(file => TextName().Matches(file.Text)).Select(match => match.Groups["name"].Value).Distinct().ToList();
        var asks = ground.Mightiest.Where(visitor => !visitor.IsProvider).SelectMany(visitor => ground.Pages.Where(page => ground.May(visitor, page) && !page.IsOpen).Select(page => (visitor, page)));
        var asked = new ConcurrentBag<string>();
        Nothing.In(await IsolationGround.EachAsync(asks, async ask =>
        {
            var own = await ground.AskedOfAsync(ask.visitor, ask.page, names);
            own.ToList().ForEach(asked.Add);
            var (foreign, random) = (ground.B.Mark.Personal, "zp" + PlantedCustomer.Tail() + "xy");
            return await DifferencesAsync(ground, ask.visitor, ask.page, own.Select(name => ask.page.With(ground.OwnId(ask.page), $"{name}=")).Select(path => (new Question(path + foreign, foreign), new Question(path + random, random))));
        }));
        Assert.Contains("q", asked);
    }

    [Fact]
    public void A_route_with_a_parameter_that_nothing_is_known_of_is_found()
    {
        var route = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/printers/{Id:guid}"), 0, new EndpointMetadataCollection(new ServesAttribute("P1.policies", DutyAction.Read)), null);
        Assert.Contains("/printers/{Id:guid}", Assert.Throws<InvalidOperationException>(() => Operation.Of(route).ToList()).Message, StringComparison.Ordinal);
    }

    /// <summary>Where the two are answered differently. A page on which others have written in between is asked for again: what tells a foreign id from a random one does so each time. What is posted is posted once.</summary>
    private static async Task<IEnumerable<string>> DifferencesAsync(IsolationGround ground, Visitor visitor, Operation operation, IEnumerable<(Question Foreign, Question Random)> pairs)
    {
        var differences = new List<string>();
        foreach (var (foreign, random) in pairs)
        {
            var (one, other) = (await AnswerAsync(foreign), await AnswerAsync(random));
            for (var again = 0; operation.Method == "GET" && one != other && again < 3; again++)
            {
                (one, other) = (await AnswerAsync(foreign), await AnswerAsync(random));
            }

            differences.AddRange(one == other ? [] : [$"{visitor} {operation} {foreign.Path}: {one.Against(other)}"]);
        }

        return differences;

        Task<Answer> AnswerAsync(Question question) => ground.AskAsync(visitor, operation, question.Path, question.Form, question.Asked);
    }

    /// <summary>The ids of a customer's rows, each with its table.</summary>
    private static Task<Dictionary<Guid, string>> IdsAsync(IsolationGround ground, PlantedCustomer customer) => ground.Service.QueryAsync(async db =>
    {
        var ids = new Dictionary<Guid, string>();
        foreach (var table in PlantedTexts.Types(db.Model).Select(type => type.GetTableName()!))
        {
            foreach (var row in await Ledger.RowsAsync(db, table, customer.Id))
            {
                if (row.TryGetValue("id", out var text) && Guid.TryParse(text, out var id))
                {
                    ids[id] = table;
                }
            }
        }

        return ids;
    }, customer.Id);

    /// <summary>What the value of a name in an address is the id of.</summary>
    private static RowKind KindOf(string name) => name switch
    {
        "customer" => RowKind.Organisation,
        "device" or "pc" or "id" => RowKind.Device,
        "group" => RowKind.Group,
        "person" => RowKind.Person,
        "set" => RowKind.AssignmentSet,
        _ => throw new InvalidOperationException($"Pages take an id by the name {name}, of which the isolation tests know nothing: say in ForeignIdTests.KindOf what row it is the id of."),
    };

    /// <summary>What is asked for; its own text may stand in the answer.</summary>
    private sealed record Question(string Path, PostedForm Form, string Asked)
    {
        internal Question(string path, PostedForm form, Guid asked) : this(path, form, asked.ToString())
        {
        }

        internal Question(string path, string asked) : this(path, PostedForm.Bare, asked)
        {
        }
    }

    [GeneratedRegex("""Query\.Id\("(?<name>[^"]+)"|Query\["(?<name>customer|pc)"\]""")]
    private static partial Regex IdName();

    [GeneratedRegex("""Query\.Text\("(?<name>[^"]+)["]""")]
    private static partial Regex TextName();
}
