using Deskward.Fixture;
using Xunit;

namespace Deskward.Audit;

public sealed class AuditExportTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_export_verifies_and_tells_of_itself(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var verdict = await AuditGround.VerifyFileAsync(await ground.ExportAsync());
        Assert.Equal((null, 0, 0), (verdict.Flaw, verdict.Unsigned, verdict.Unchained));
        Assert.Equal("audit.export", (await ground.EntryAsync(verdict.Rows)).Action);
        Assert.Null((await ground.VerifyAsync()).Flaw);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_export_holds_rows_of_its_organisation_alone(Engine engine)
    {
        var (ground, other) = (await AuditGround.OnAsync(await services.SharedAsync(engine)), await AuditGround.OnAsync(await services.SharedAsync(engine)));
        await other.WriteAsync(2, "Canary of another");
        var text = await File.ReadAllTextAsync(await ground.ExportAsync(), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Canary", text, StringComparison.Ordinal);
        Assert.DoesNotContain(other.Tenant.ToString(), text, StringComparison.Ordinal);
        Assert.Contains("Thing 9", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_was_changed_taken_out_or_moved_is_named()
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(Engine.Sqlite));
        var id = (await ground.EntryAsync(5)).Id;
        var lines = await File.ReadAllLinesAsync(await ground.ExportAsync(), TestContext.Current.CancellationToken);
        AssertFlaw(FlawKind.Changed, 5, id, await TamperAsync(ground, lines, rows => rows[5] = rows[5].Replace("Thing", "thing", StringComparison.Ordinal)));
        AssertFlaw(FlawKind.Missing, 5, null, await TamperAsync(ground, lines, rows => rows.RemoveAt(5)));
        AssertFlaw(FlawKind.Reordered, 5, id, await TamperAsync(ground, lines, rows => (rows[5], rows[8]) = (rows[8], rows[5])));
        AssertFlaw(FlawKind.Changed, 5, null, await TamperAsync(ground, lines, rows => rows[5] = rows[5][..40]));
        AssertFlaw(FlawKind.Changed, 5, null, await TamperAsync(ground, lines, rows => rows[5] = """{"type":"row","sequence":5}"""));
    }

    [Fact]
    public async Task A_file_that_was_cut_is_cut()
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(Engine.Sqlite));
        var lines = await File.ReadAllLinesAsync(await ground.ExportAsync(), TestContext.Current.CancellationToken);
        var rows = lines.Length - 3;
        AssertFlaw(FlawKind.Cut, rows - 1, null, await TamperAsync(ground, lines, all => all.RemoveRange(rows - 1, 4)));
        AssertFlaw(FlawKind.Cut, rows - 1, null, await TamperAsync(ground, lines, all => all.RemoveRange(rows - 1, 2)));
        AssertFlaw(FlawKind.Cut, rows + 1, null, await TamperAsync(ground, lines, all => all.RemoveAt(rows + 1)));
    }

    [Fact]
    public async Task A_signature_by_another_key_than_the_pinned_one_is_refused()
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(Engine.Sqlite));
        var other = await AuditGround.OnAsync(ground.Service);
        var (file, kept, foreign) = (await ground.ExportAsync(), await ground.CheckpointAsync(), await other.CheckpointAsync());
        string Key(CheckpointFile of) => Convert.ToHexStringLower(of.Checkpoint.KeyId);
        Assert.Null((await AuditGround.VerifyFileAsync(file, new Trust([kept], [Key(kept)]))).Flaw);
        Assert.Equal(FlawKind.Unproven, (await AuditGround.VerifyFileAsync(file, new Trust([], [Key(foreign)]))).Flaw!.Kind);
        var (key, others) = (Convert.ToBase64String(kept.PublicKey), Convert.ToBase64String(foreign.PublicKey));
        var forged = await TamperAsync(ground, await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken), rows => rows[0] = rows[0].Replace(key, others, StringComparison.Ordinal));
        Assert.Equal(FlawKind.Unproven, forged.Flaw!.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("""{"type":"header","formatName":"deskward-audit-export-2","organisation":"0192a3b4-c5d6-e7f8-091a-2b3c4d5e6f70","keys":[]}""")]
    public async Task A_file_that_is_no_export_is_refused(string text)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidDataException>(() => AuditGround.VerifyFileAsync(file));
        File.Delete(file);
    }

    private static async Task<Verdict> TamperAsync(AuditGround ground, string[] lines, Action<List<string>> change)
    {
        var (file, changed) = (Path.Combine(ground.Service.Settings.Data, $"tampered-{Guid.CreateVersion7():n}.jsonl"), lines.ToList());
        change(changed);
        await File.WriteAllLinesAsync(file, changed);
        return await AuditGround.VerifyFileAsync(file);
    }

    private static void AssertFlaw(FlawKind kind, long? place, Guid? id, Verdict verdict) => Assert.Equal((kind, place, id), (verdict.Flaw!.Kind, verdict.Flaw.Sequence, verdict.Flaw.Id));
}
