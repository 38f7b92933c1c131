using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Deskward.Identity;

public sealed class PeopleTotalsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Guid _tenant = Guid.CreateVersion7();
    private int _counted;

    [Theory]
    [InlineData(PeopleTotals.Large, 1)]
    [InlineData(PeopleTotals.Large - 1, 2)]
    public async Task Only_a_large_total_is_kept(long total, int counted)
    {
        var totals = new PeopleTotals(_time);
        Assert.Equal((total, total), (await CountAsync(totals, total), await CountAsync(totals, total)));
        Assert.Equal(counted, _counted);
    }

    [Fact]
    public async Task One_counts_anew_while_the_others_are_told_what_is_kept()
    {
        var totals = new PeopleTotals(_time);
        await CountAsync(totals, 20_000);
        _time.Advance(PeopleTotals.Young + TimeSpan.FromMilliseconds(1));
        Assert.Equal(20_001, await totals.OfAsync(_tenant, async () =>
        {
            Assert.Equal(20_000, await CountAsync(totals, 0));
            return 20_001;
        }));
        Assert.Equal((20_001, 1), (await CountAsync(totals, 0), _counted));
    }

    [Fact]
    public async Task What_is_too_old_is_told_to_nobody_even_when_whoever_counted_gave_up()
    {
        var totals = new PeopleTotals(_time);
        await CountAsync(totals, 20_000);
        _time.Advance(PeopleTotals.Young + TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<OperationCanceledException>(() => totals.OfAsync(_tenant, () => throw new OperationCanceledException()));
        Assert.Equal(20_000, await CountAsync(totals, 0));
        _time.Advance(PeopleTotals.Longest);
        Assert.Equal(30_000, await CountAsync(totals, 30_000));
    }

    private Task<long> CountAsync(PeopleTotals totals, long total) => totals.OfAsync(_tenant, () =>
    {
        _counted++;
        return Task.FromResult(total);
    });
}
