using CsCheck;
using Deskward.Faults;
using Xunit;

namespace Deskward.DesiredState;

public sealed class RulingTests
{
    private const string Path = Fleet.Pin;

    [Fact]
    public void A_higher_layer_may_add()
    {
        var ruling = Ruling.Of([Want(Layer.Customer, "8")]);
        Assert.Equal(("8", false), (ruling.Winner?.Setting.Value, ruling.IsConflict));
    }

    [Fact]
    public void The_lowest_layer_stands_when_it_marks_nothing_as_overridable()
    {
        var ruling = Ruling.Of([Want(Layer.Customer, "8"), Want(Layer.Foundation, "6")]);
        Assert.Equal(("6", true), (ruling.Winner?.Setting.Value, ruling.IsConflict));
        Assert.Equal([WishFate.Holds, WishFate.Refused], Fates(ruling));
    }

    [Fact]
    public void A_higher_layer_overrides_what_is_overridable()
    {
        var ruling = Ruling.Of([Want(Layer.Customer, "8"), Want(Layer.Foundation, "6", overridable: true)]);
        Assert.Equal(("8", false), (ruling.Winner?.Setting.Value, ruling.IsConflict));
        Assert.Equal([WishFate.Overridden, WishFate.Holds], Fates(ruling));
    }

    [Fact]
    public void What_overrode_must_itself_be_overridable_to_be_overridden()
    {
        var ruling = Ruling.Of([Want(Layer.Foundation, "6", overridable: true), Want(Layer.Profile, "7"), Want(Layer.Customer, "8")]);
        Assert.Equal([WishFate.Overridden, WishFate.Holds, WishFate.Refused], Fates(ruling));
    }

    [Fact]
    public void A_layer_that_agrees_without_marking_it_overridable_closes_it()
    {
        var ruling = Ruling.Of([Want(Layer.Foundation, "6", overridable: true), Want(Layer.Profile, "6"), Want(Layer.Customer, "8")]);
        Assert.Equal([WishFate.Holds, WishFate.Agrees, WishFate.Refused], Fates(ruling));
    }

    [Fact]
    public void An_exception_overrides_what_it_names()
    {
        var ruling = Ruling.Of([Want(Layer.Foundation, "6"), Want(Layer.Profile, "7"), Want(Layer.Exception, "4")]);
        Assert.Equal(("4", false), (ruling.Winner?.Setting.Value, ruling.IsConflict));
        Assert.Equal([WishFate.Overridden, WishFate.Refused, WishFate.Holds], Fates(ruling));
    }

    [Fact]
    public void The_customer_does_not_override_an_exception()
    {
        var ruling = Ruling.Of([Want(Layer.Foundation, "6", overridable: true), Want(Layer.Exception, "4"), Want(Layer.Customer, "8")]);
        Assert.Equal(("4", true), (ruling.Winner?.Setting.Value, ruling.IsConflict));
    }

    [Fact]
    public void In_one_layer_with_different_values_neither_is_sent()
    {
        var ruling = Ruling.Of([Want(Layer.Customer, "6"), Want(Layer.Customer, "8")]);
        Assert.Equal((null, true), (ruling.Winner?.Setting.Value, ruling.IsConflict));
        Assert.Equal([WishFate.Disputed, WishFate.Disputed], Fates(ruling));
    }

    [Fact]
    public void A_dispute_above_leaves_what_stands_below()
    {
        var ruling = Ruling.Of([Want(Layer.Foundation, "4", overridable: true), Want(Layer.Customer, "6"), Want(Layer.Customer, "8")]);
        Assert.Equal(("4", true), (ruling.Winner?.Setting.Value, ruling.IsConflict));
    }

    [Fact]
    public void Only_an_exception_ends_a_dispute_below()
    {
        Wish[] dispute = [Want(Layer.Foundation, "6"), Want(Layer.Foundation, "8")];
        Assert.Null(Ruling.Of([.. dispute, Want(Layer.Customer, "6")]).Winner);
        Assert.Equal(("6", false), (Ruling.Of([.. dispute, Want(Layer.Exception, "6")]).Winner?.Setting.Value, Ruling.Of([.. dispute, Want(Layer.Exception, "6")]).IsConflict));
    }

    [Fact]
    public void Equal_secrets_agree_and_a_secret_never_agrees_with_a_plain_value()
    {
        var (one, same) = (Want(Layer.Customer, "hash", secret: true), Want(Layer.Customer, "hash", secret: true));
        Assert.False(Ruling.Of([one, same]).IsConflict);
        Assert.True(Ruling.Of([one, Want(Layer.Customer, "hash")]).IsConflict);
    }

    [Fact]
    public void The_order_of_asking_does_not_matter() => Wishes.SelectMany(wishes => Gen.Shuffle(wishes).Select(shuffled => (wishes, shuffled))).Sample(pair =>
        Describe(Ruling.Of(pair.wishes)) == Describe(Ruling.Of(pair.shuffled)), iter: Effort.Cases(500, 50_000));

    [Fact]
    public void Somebody_s_value_holds_and_nobody_is_refused_without_a_conflict_or_an_override() => Wishes.Sample(wishes =>
    {
        var ruling = Ruling.Of(wishes);
        var fates = Fates(ruling).ToArray();
        Assert.Equal(ruling.Winner is null ? 0 : 1, fates.Count(fate => fate == WishFate.Holds));
        Assert.True(ruling.IsConflict || fates.Contains(WishFate.Overridden) || fates.Contains(WishFate.Disputed) || !fates.Contains(WishFate.Refused));
        Assert.All(ruling.Fates.Where(entry => entry.Fate == WishFate.Agrees), entry => Assert.Equal(ruling.Winner?.Setting.Value, entry.Wish.Setting.Value));
    }, iter: Effort.Cases(500, 50_000));

    private static Gen<Wish[]> Wishes => Gen.Select(Gen.Enum<Layer>(), Gen.Int[4, 6], Gen.Bool).Select((layer, value, overridable) => Want(layer, $"{value}", overridable)).Array[1, 6];

    private static Wish Want(Layer layer, string value, bool overridable = false, bool secret = false) => new(
        new AssignedSettings(Guid.CreateVersion7(), Guid.Empty, layer,
            [new PolicySetting { Path = Path, Format = "int", Value = value, IsOverridable = overridable, Wrapped = secret ? [1] : null }]), 0);

    private static IEnumerable<WishFate> Fates(Ruling ruling) => ruling.Fates.Select(entry => entry.Fate);

    private static string Describe(Ruling ruling) =>
        $"{ruling.Winner?.From.AssignmentId} {ruling.IsConflict} {string.Join(' ', ruling.Fates.OrderBy(entry => entry.Wish.From.AssignmentId).Select(entry => entry.Fate))}";
}
