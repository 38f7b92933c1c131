using Deskward.Fixture;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Responsibilities;

/// <summary>How evidence is counted and kept.</summary>
public sealed class BoardEvidenceTests(Services services)
{
    private const string Row = "C9";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Fact]
    public async Task A_group_of_customers_is_one_question()
    {
        var source = new Counted();
        await using var service = await StartAsync(source);
        Guid[] customers = [Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()];
        await Evidence(service).OfAsync(customers, TestContext.Current.CancellationToken);
        Assert.Single(source.Asked, asked => asked.Length == 3 && asked.Order().SequenceEqual(customers.Order()));
    }

    [Fact]
    public async Task What_is_young_is_not_counted_again_and_what_is_old_is_not_shown()
    {
        await using var service = await StartAsync(new Counted());
        Guid[] customers = [Guid.CreateVersion7()];
        var first = Assert.Single(await Evidence(service).OfAsync(customers, TestContext.Current.CancellationToken));
        Assert.Same(first, Assert.Single(await Evidence(service).OfAsync(customers, TestContext.Current.CancellationToken)));
        service.Time.Advance(BoardEvidence.Longest + TimeSpan.FromSeconds(1));
        var later = Assert.Single(await Evidence(service).OfAsync(customers, TestContext.Current.CancellationToken));
        Assert.True(later.CountedAt - first.CountedAt > BoardEvidence.Longest);
    }

    [Fact]
    public async Task A_change_that_is_announced_shows_at_once()
    {
        await using var service = await StartAsync(new Counted());
        Guid[] customers = [Guid.CreateVersion7()];
        var first = Assert.Single(await Evidence(service).OfAsync(customers, TestContext.Current.CancellationToken));
        await service.QueryAsync(
            async db =>
            {
                db.Announce(BoardEvidence.Changed(customers[0]));
                return await db.SaveChangesAsync();
            },
            customers[0]);
        Assert.NotSame(first, Assert.Single(await Evidence(service).OfAsync(customers, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_source_that_fails_leaves_its_row_unknown_and_the_others_told()
    {
        await using var service = await StartAsync(new Counted { Fails = true });
        var found = Assert.Single(await Evidence(service).OfAsync([Guid.CreateVersion7()], TestContext.Current.CancellationToken));
        Assert.Empty(found.Facts(Row));
        Assert.NotEmpty(found.Facts("P1"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_rounds_count_every_customer_before_anybody_asks(Engine engine)
    {
        var source = new Counted();
        await using var service = await StartAsync(source, engine);
        await service.ProviderAsync();
        var customer = (await service.AddCustomerAsync()).Id;
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(60);
        while (!source.Asked.Any(asked => asked.Contains(customer)))
        {
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, "no round counted the customer");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private async Task<TestService> StartAsync(Counted source, Engine engine = Engine.Sqlite) =>
        await TestService.StartAsync(await services.NewDatabaseAsync(engine), more: collection => collection.AddSingleton<IRowEvidence>(source));

    private static BoardEvidence Evidence(TestService service) => service.Provider.GetRequiredService<BoardEvidence>();

    /// <summary>Another module's evidence, which remembers what it was asked.</summary>
    private sealed class Counted : IRowEvidence
    {
        internal System.Collections.Concurrent.ConcurrentQueue<Guid[]> Asked { get; } = new();

        internal bool Fails { get; set; }

        public string Row => BoardEvidenceTests.Row;

        public Task<IReadOnlyDictionary<Guid, IReadOnlyList<EvidenceFact>>> CountAsync(IReadOnlyList<Guid> customers, CancellationToken cancellationToken)
        {
            Asked.Enqueue([.. customers]);
            return Fails
                ? Task.FromException<IReadOnlyDictionary<Guid, IReadOnlyList<EvidenceFact>>>(new InvalidOperationException("broken on purpose"))
                : Task.FromResult<IReadOnlyDictionary<Guid, IReadOnlyList<EvidenceFact>>>(customers.ToDictionary(customer => customer, _ => (IReadOnlyList<EvidenceFact>)[new("P1.empty", EvidenceState.Good)]));
        }
    }
}
