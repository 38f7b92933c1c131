using CsCheck;
using Deskward.Faults;
using Xunit;

namespace Deskward.Groups.Rings;

public sealed class RingPlannerTests
{
    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 0, 0, 1)]
    [InlineData(3, 0, 1, 2)]
    [InlineData(9, 1, 1, 7)]
    [InlineData(10, 1, 1, 8)]
    [InlineData(11, 1, 2, 8)]
    [InlineData(100, 5, 15, 80)]
    [InlineData(200, 10, 30, 160)]
    [InlineData(201, 2, 18, 181)]
    [InlineData(1000, 10, 90, 900)]
    public void The_published_split_is_rounded_by_the_largest_remainder(int pcs, int first, int fast, int broad) =>
        Assert.Equal(new RingCounts(first, fast, broad), RingSplit.Published.For(pcs, pcs));

    [Fact]
    public void PCs_in_Test_decide_the_size_of_the_fleet_and_have_no_share() =>
        Assert.Equal(new RingCounts(2, 18, 180), RingSplit.Published.For(250, 200));

    [Fact]
    public void Counts_add_up_and_First_and_Fast_hold_somebody_from_ten_on() => Gen.Select(Gen.Int[0, 3000], Gen.Int[0, 50], Gen.Int[1, 99], Gen.Int[1, 60], Gen.Int[10, 500]).Sample((pcs, test, first, fast, small) =>
    {
        var counts = new RingSplit(small, first, fast, 1, 9).For(pcs + test, pcs);
        return counts.Total == pcs && counts.Broad >= 0 && (pcs < 10 || (counts.First > 0 && (counts.Fast > 0 || first == 99 || first + fast > 99)));
    }, iter: Effort.Cases(2_000, 200_000));

    [Theory]
    [InlineData(100, 5, 15, 80)]
    [InlineData(37, 2, 5, 30)]
    public void Who_comes_one_by_one_fills_the_rings_as_the_shares_say(int pcs, int first, int fast, int broad)
    {
        var present = default(RingCounts);
        for (var at = 0; at < pcs; at++)
        {
            present = present.Add(RingPlanner.FurthestBelow(RingSplit.Published, present, 0)[0], 1);
        }

        Assert.Equal(new RingCounts(first, fast, broad), present);
    }

    [Fact]
    public void Nobody_moves_when_the_fleet_outgrows_the_small_split_and_newcomers_go_where_PCs_lack()
    {
        var present = RingSplit.Published.For(200, 200);
        for (var at = 0; at < 800; at++)
        {
            present = present.Add(RingPlanner.FurthestBelow(RingSplit.Published, present, 0)[0], 1);
        }

        Assert.Equal(RingSplit.Published.For(1000, 1000), present);
    }

    [Fact]
    public void A_tie_goes_to_the_ring_where_such_a_PC_is_rarest()
    {
        var dell = new PcVariety("Dell", "7450", "1");
        (Ring, PcVariety, int)[] present = [(Ring.Fast, dell, 1), (Ring.Fast, new("HP", "840", "1"), 3), (Ring.Broad, dell, 8), (Ring.Broad, new("HP", "840", "1"), 2)];
        Assert.Equal(Ring.Fast, RingPlanner.Rarest([Ring.Fast, Ring.Broad], dell, present));
        Assert.Equal(Ring.Broad, RingPlanner.Rarest([Ring.Fast, Ring.Broad], new("HP", "840", "1"), present));
        Assert.Equal(Ring.Broad, RingPlanner.Rarest([Ring.Fast, Ring.Broad], new("HP", "840", "2"), present));
        Assert.Equal(Ring.First, RingPlanner.Rarest([Ring.First, Ring.Broad], new("Acer", null, null), present));
    }

    [Fact]
    public void A_fleet_placed_at_once_has_its_shares_and_each_ring_the_variety_of_the_fleet()
    {
        Newcomer[] fleet = [.. Enumerable.Range(0, 1000).Select(at => new Newcomer(Guid.CreateVersion7(), new($"Make{at % 2}", $"Model{at % 5}", "1")))];
        var placed = RingPlanner.PlaceAll(RingSplit.Published, default, 0, fleet);
        var counts = fleet.GroupBy(one => (placed[one.Device], one.Variety)).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(new RingCounts(10, 90, 900), new RingCounts(placed.Values.Count(ring => ring == Ring.First), placed.Values.Count(ring => ring == Ring.Fast), placed.Values.Count(ring => ring == Ring.Broad)));
        Assert.All(fleet.Select(one => one.Variety).Distinct(), variety => Assert.Equal((1, 9, 90), (counts[(Ring.First, variety)], counts[(Ring.Fast, variety)], counts[(Ring.Broad, variety)])));
    }

    [Fact]
    public void Whoever_is_there_already_newcomers_all_get_a_ring_and_never_Test() => Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], Gen.Int[0, 300], Gen.Int[0, 9], Gen.Int[0, 60]).Sample((first, fast, broad, test, newcomers) =>
    {
        var present = new RingCounts(first, fast, broad);
        Newcomer[] coming = [.. Enumerable.Range(0, newcomers).Select(at => new Newcomer(Guid.CreateVersion7(), new($"{at % 3}", null, null)))];
        var placed = RingPlanner.PlaceAll(RingSplit.Published, present, test, coming);
        var wanted = RingSplit.Published.For(present.Total + test + newcomers, present.Total + newcomers);
        return placed.Count == newcomers && !placed.Values.Contains(Ring.Test)
            && RingCounts.Rings.All(ring => present[ring] + placed.Values.Count(one => one == ring) <= Math.Max(present[ring], wanted[ring]));
    }, iter: Effort.Cases(1_000, 50_000));
}
