using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Audit;

public sealed class AuditErasureTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Erased_content_is_gone_and_the_chain_holds(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var before = await ground.EntryAsync(5);
        Assert.Equal(2, (await ground.EraseAsync(before.Id, (await ground.EntryAsync(6)).Id)).Value);
        Assert.Equal((null, 2), ((await ground.VerifyAsync()).Flaw, (await ground.VerifyAsync()).Erased));
        await ground.SealAsync();
        var (verdict, after) = (await ground.VerifyAsync(), await ground.EntryAsync(5));
        Assert.Equal((null, 2, 0), (verdict.Flaw, verdict.Erased, verdict.Unchained));
        Assert.Equal((before.Id, before.At, before.Action), (after.Id, after.At, after.Action));
        Assert.Equal(("", null, "", null, null, null, null), (after.ActorName, after.ActorId, after.ObjectName, after.ObjectId, after.Before, after.After, after.Salt));
        Assert.Equal(0, (await ground.EraseAsync(before.Id)).Value);
        Assert.Equal(2, (await AuditGround.VerifyFileAsync(await ground.ExportAsync())).Erased);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task What_stays_of_an_erased_row_still_cannot_be_changed(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        await ground.EraseAsync((await ground.EntryAsync(5)).Id);
        await ground.SealAsync();
        await ground.TamperAsync(ground.At("UPDATE audit_entries SET action = 'thing.add' WHERE", 5));
        Assert.Equal((FlawKind.Changed, 5), ((await ground.VerifyAsync()).Flaw!.Kind, (await ground.VerifyAsync()).Flaw!.Sequence));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task What_cannot_be_erased_is_refused(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var other = await AuditGround.OnAsync(ground.Service);
        Assert.Equal(RefusalReason.Invalid, (await ground.EraseAsync()).Refusal!.Reason);
        Assert.Equal(RefusalReason.NotFound, (await ground.EraseAsync((await other.EntryAsync(5)).Id)).Refusal!.Reason);
        await ground.EraseAsync((await ground.EntryAsync(5)).Id);
        await ground.SealAsync();
        var erasure = await ground.QueryAsync(db => db.Set<AuditEntry>().Where(row => row.Action == "audit.erase").Select(row => row.Id).SingleAsync());
        Assert.Equal(RefusalReason.Invalid, (await ground.EraseAsync(erasure)).Refusal!.Reason);
    }

    [Fact]
    public async Task The_service_role_blanks_nothing_without_an_erasure_row_that_waits_and_is_its_own()
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(Engine.Postgres));
        var other = await AuditGround.OnAsync(ground.Service);
        await ground.EraseAsync((await ground.EntryAsync(5)).Id);
        await ground.SealAsync();
        var erasure = await ground.QueryAsync(db => db.Set<AuditEntry>().Where(row => row.Action == "audit.erase").Select(row => row.Id).SingleAsync());
        Assert.Equal(0, await BlankAsync(ground, erasure));
        Assert.Equal(0, await BlankAsync(ground, (await ground.EntryAsync(6)).Id));
        var forged = new ErasureContent("x", [new((await other.EntryAsync(5)).Id, Convert.ToHexStringLower((await other.LinksAsync())[4].Digest)), new((await ground.EntryAsync(6)).Id, "00")]);
        Assert.Equal(0, await BlankForgedAsync(ground, forged));
    }

    private static Task<int> BlankAsync(AuditGround ground, Guid erasure) => ground.QueryAsync(db => db.Database.SqlQuery<int>($"SELECT deskward_erase_audit({erasure}) AS \"Value\"").SingleAsync());

    private static Task<int> BlankForgedAsync(AuditGround ground, ErasureContent content) => ground.Service.InScopeAsync(async provider =>
    {
        var db = (DeskwardContext)provider.GetService(typeof(DeskwardContext))!;
        await using var transaction = await db.Database.BeginTransactionAsync();
        var row = ((AuditTrail)provider.GetService(typeof(AuditTrail))!).Add(ground.Tenant, "audit.erase", null, "", null, content);
        await db.SaveChangesAsync();
        return await db.Database.SqlQuery<int>($"SELECT deskward_erase_audit({row.Id}) AS \"Value\"").SingleAsync();
    }, ground.Tenant);
}
