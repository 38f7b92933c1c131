using Deskward.Audit;
using Deskward.Fixture;
using Xunit;

namespace Deskward.AuditFile;

public sealed class PlainVerifierTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_verifier_that_knows_only_the_page_agrees_with_an_export(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        await ground.SignAsync();
        await ground.EraseAsync((await ground.EntryAsync(4)).Id);
        await ground.WriteAsync(3, "名字 \"quoted\" \\ \u0001 é 𝄞");
        Assert.Null(PlainVerifier.Verify(await ground.ExportAsync()));
    }

    [Theory]
    [InlineData("\"objectName\":\"Thing 3\"", "\"objectName\":\"Thing X\"", "the digest is not that of the content")]
    [InlineData("\"action\":\"thing.change\"", "\"action\":\"thing.add\"", "the hash does not follow")]
    [InlineData("\"type\":\"end\"", "\"type\":\"more\"", "unexpected")]
    public async Task It_finds_what_was_changed(string from, string to, string wrong)
    {
        var file = await (await AuditGround.OnAsync(await services.SharedAsync(Engine.Sqlite))).ExportAsync();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Replace(from, to, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Contains(wrong, PlainVerifier.Verify(file), StringComparison.Ordinal);
    }
}
