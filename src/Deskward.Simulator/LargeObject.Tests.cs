using Deskward.Protocol.SyncMl;
using Xunit;
using static Deskward.Simulator.ScriptedService;

namespace Deskward.Simulator;

public sealed class LargeObjectTests
{
    private const string Policy = "./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection";
    private const string CspVersions = "./Device/Vendor/MSFT/DeviceManageability/Capabilities/CSPVersions";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_large_setting_is_put_together_from_its_pieces()
    {
        const string path = "./Device/Vendor/MSFT/Policy/Config/LocalUsersAndGroups/Configure";
        const string value = "<GroupConfiguration><accessgroup desc=\"S-1-5-32-544\"><group action=\"U\"/></accessgroup></GroupConfiguration>";
        await using var service = await StartAsync(SayMoreFollows(Piece(path, value[..50], value.Length)), Say(Piece(path, value[50..], null)));
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        Assert.True(report.IsClean, report.ToString());
        Assert.Equal([200, 213], service.Message(1).Commands.OfType<StatusCommand>().Select(status => status.Code));
        Assert.Equal(1222, service.Message(1).Commands.OfType<AlertCommand>().Single().Code);
        Assert.False(service.Message(1).Final);
        Assert.Equal([200, 200], service.Message(2).Commands.OfType<StatusCommand>().Select(status => status.Code));
        Assert.Equal(value, pc.Tree.Read(path));
    }

    [Fact]
    public async Task A_large_setting_of_the_wrong_size_is_refused()
    {
        await using var service = await StartAsync(SayMoreFollows(Piece(Policy, "1", 3)), Say(Piece(Policy, "2", null)));
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        Assert.Equal(424, service.Message(2).Commands.OfType<StatusCommand>().Last().Code);
        Assert.Equal("large object", report.Violations.Single().Rule);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_ends_the_session_as_on_windows()
    {
        await using var service = await StartAsync(Limited);
        using var pc = service.Pc();
        var report = await pc.SyncAsync(Stop);

        Assert.Equal(SyncOutcome.Aborted, report.Outcome);
        Assert.Equal(1223, service.Message(1).Commands.OfType<AlertCommand>().Single().Code);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_comes_in_pieces_where_that_is_wanted()
    {
        await using var service = await StartAsync([Limited, .. Enumerable.Repeat(Next, 9)]);
        using var pc = service.Pc(new PcProfile { SplitsLargeAnswers = true });
        var report = await pc.SyncAsync(Stop);

        Assert.True(report.IsClean, report.ToString());
        Assert.All(service.Bodies.Skip(1), body => Assert.InRange(body.Length, 1, 1300));
        var results = Enumerable.Range(1, service.Bodies.Count - 1).SelectMany(index => service.Message(index).Commands).OfType<ResultsCommand>().ToList();
        Assert.Equal(pc.Tree.Facts.Value(CspVersions), string.Concat(results.Select(result => result.Items.Single().Data)));
        Assert.All(results.SkipLast(1), result => Assert.True(result.Items.Single().MoreData));
        Assert.Equal([false, true], [service.Message(1).Final, service.Message(service.Bodies.Count - 1).Final]);
    }

    [Theory]
    [InlineData("abc", 2, "ab|c")]
    [InlineData("a<b", 4, "a|<|b")]
    [InlineData("\U0001F600\U0001F600", 5, "\U0001F600|\U0001F600")]
    [InlineData("", 5, "")]
    public void A_text_is_never_cut_inside_a_character(string text, int room, string pieces) => Assert.Equal(pieces, string.Join('|', LargeObject.Cut(text, room)));

    private static ScriptedAnswer Limited(SyncMlMessage message) => new(Bytes(message, true, [Do(SyncVerb.Get, CspVersions)], limit: 1300));

    private static ScriptedAnswer Next(SyncMlMessage message) =>
        (message.Final ? Say() : SayMoreFollows(new AlertCommand(AlertCode.NextMessage, [])))(message);

    private static ItemCommand Piece(string path, string data, int? size) => new(SyncVerb.Replace,
        [new SyncItem { Target = path, Data = data, MoreData = size is not null, Meta = size is null ? null : new SyncMeta("chr") { Size = size } }]);
}
