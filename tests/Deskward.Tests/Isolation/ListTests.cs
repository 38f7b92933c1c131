using System.Collections.Concurrent;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Guards;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Isolation;

/// <summary>Every list, count, file and page of one customer, before and after another customer gets more of everything.</summary>
[Collection(IsolationTests.Name)]
public sealed class ListTests(IsolationGrounds grounds)
{
    public static TheoryData<Engine> Engines => IsolationGround.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Rows_of_another_customer_change_nothing_in_what_a_customer_sees(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        await ground.Service.Provider.GetRequiredService<UsesWriter>().FlushAsync(CancellationToken.None); // What earlier tests did is on record.
        var (before, directory) = (await SeenAsync(ground), await DirectoryAsync(ground.A));
        var theirs = await DirectoryAsync(ground.B);
        await ground.B.PlantAsync();
        var after = await SeenAsync(ground);
        Nothing.In(before.Where(pair => after[pair.Key] != pair.Value).Select(pair => $"{pair.Key}: {pair.Value.Against(after[pair.Key])}"));
        Assert.Equal(directory, await DirectoryAsync(ground.A));
        Assert.NotEqual(theirs, await DirectoryAsync(ground.B));
        Assert.InRange(before.Count, 200, int.MaxValue);
    }

    private static async Task<ConcurrentDictionary<string, Answer>> SeenAsync(IsolationGround ground)
    {
        var seen = new ConcurrentDictionary<string, Answer>();
        var asks = ground.Visitors.Where(visitor => !visitor.IsProvider && !visitor.IsNobody).SelectMany(visitor => ground.Pages.Where(page => ground.May(visitor, page) && !page.IsOpen).Select(page => (visitor, page)));
        await IsolationGround.EachAsync(asks, async ask =>
        {
            seen[$"{ask.visitor} {ask.page}"] = await ground.AskAsync(ask.visitor, ask.page, ask.page.With(ground.OwnId(ask.page)));
            return [];
        });
        return seen;
    }

    private static async Task<string> DirectoryAsync(PlantedCustomer customer) =>
        string.Join('\n', (await customer.Directory.GetAsync("/Users")).Text, (await customer.Directory.GetAsync("/Groups?count=0")).Text, (await customer.Directory.GetAsync("/?count=1")).Text);
}
