using Deskward.Devices;
using Deskward.Fixture;
using Xunit;

namespace Deskward.Platform;

public sealed class SearchTextTests(Services services)
{
    [Theory]
    [InlineData("Zoë", "ZOE")]
    [InlineData("ＰＣ－１", "pc-1")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("ﬁle", "FILE")]
    [InlineData("  a\t b  ", "A B")]
    [InlineData("Łódź", "lodz")]
    [InlineData("市场部电脑", "市场部电脑")]
    public void What_people_take_for_equal_folds_to_equal(string one, string two) => Assert.Equal(SearchText.Fold(one), SearchText.Fold(two));

    [Fact]
    public void Nothing_folds_to_nothing() => Assert.Equal("", SearchText.Fold(null) + SearchText.Fold(" \u200B\t"));

    [Fact]
    public void Folding_twice_is_folding_once() => Assert.Equal(SearchText.Fold("Ångström ﬃ"), SearchText.Fold(SearchText.Fold("Ångström ﬃ")));

    [Fact]
    public void Half_a_surrogate_pair_does_no_harm() => Assert.Equal("a\uFFFD", SearchText.Fold("a\uD83D"));

    [Fact]
    public void Texts_stay_apart_and_are_cut() =>
        Assert.Equal(("pc-1\nalice@contoso.example", SearchText.Longest), (SearchText.Join("PC-1", null, "Alice@contoso.example"), SearchText.Join(new string('x', 2000)).Length));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    public void A_character_of_two_halves_is_not_cut_in_two(string before) =>
        Assert.False(char.IsHighSurrogate(SearchText.Join(before + string.Concat(Enumerable.Repeat("\U00020000", 400)))[^1]));

    /// <summary>A row of a PostgreSQL index holds 2,704 bytes; random characters cannot be packed into fewer.</summary>
    [Theory]
    [InlineData(Engine.Sqlite, 0x4E00, 0x9FA5)]
    [InlineData(Engine.Postgres, 0x4E00, 0x9FA5)]
    [InlineData(Engine.Postgres, 0x20000, 0x2A6D0)]
    public async Task The_longest_names_fit_into_every_index(Engine engine, int from, int to)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        var random = new Random(7);
        string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => char.ConvertFromUtf32(random.Next(from, to))));
        var pc = new Device { TenantId = customer.Id, HardwareId = "LONG", Name = Text(255), UserAddress = Text(320), Model = Text(200), Serial = Text(200), Manufacturer = Text(200), OsBuild = Text(40) };
        pc.RefreshSearch();
        Assert.Equal(1, await service.QueryAsync(db => { db.Add(pc); return db.SaveChangesAsync(TestContext.Current.CancellationToken); }, customer.Id));
    }
}
