using Deskward.Fixture;
using Xunit;

namespace Deskward.Audit;

public sealed class ChainVerifierTests(Services services)
{
    private const long Place = 5;

    [Theory]
    [InlineData(Engine.Sqlite, "UPDATE audit_entries SET object_name = 'other' WHERE")]
    [InlineData(Engine.Sqlite, "UPDATE audit_entries SET after = NULL WHERE")]
    [InlineData(Engine.Sqlite, "UPDATE audit_entries SET action = 'thing.add' WHERE")]
    [InlineData(Engine.Sqlite, "UPDATE audit_entries SET salt = NULL, actor_name = '', object_name = '' WHERE")]
    [InlineData(Engine.Postgres, "UPDATE audit_entries SET object_name = 'other' WHERE")]
    [InlineData(Engine.Postgres, "UPDATE audit_entries SET after = NULL WHERE")]
    [InlineData(Engine.Postgres, "UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE")]
    [InlineData(Engine.Postgres, "UPDATE audit_entries SET salt = NULL, actor_name = '', object_name = '' WHERE")]
    public async Task A_row_that_was_changed_in_the_database_is_named(Engine engine, string update)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var id = (await ground.EntryAsync(Place)).Id;
        await ground.TamperAsync(ground.At(update, Place));
        await ground.WriteAsync(1);
        await ground.SealAsync();
        AssertFlaw(FlawKind.Changed, Place, id, await ground.VerifyAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_row_that_was_deleted_is_missing(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var id = (await ground.EntryAsync(Place)).Id;
        await ground.TamperAsync(ground.At("DELETE FROM audit_entries WHERE", Place));
        AssertFlaw(FlawKind.Missing, Place, id, await ground.VerifyAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_row_that_was_deleted_with_its_link_is_missing(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        await ground.TamperAsync(ground.At("DELETE FROM audit_entries WHERE", Place), $"DELETE FROM audit_links WHERE tenant_id = {ground.Tenant} AND sequence = {Place}");
        AssertFlaw(FlawKind.Missing, Place, null, await ground.VerifyAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite, Place + 1)]
    [InlineData(Engine.Sqlite, Place + 3)]
    [InlineData(Engine.Postgres, Place + 1)]
    [InlineData(Engine.Postgres, Place + 3)]
    public async Task Rows_whose_places_were_exchanged_are_reordered(Engine engine, long other)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var (tenant, id) = (ground.Tenant, (await ground.EntryAsync(other)).Id);
        await ground.TamperAsync(
            $"UPDATE audit_links SET sequence = 1000 WHERE tenant_id = {tenant} AND sequence = {Place}",
            $"UPDATE audit_links SET sequence = {Place} WHERE tenant_id = {tenant} AND sequence = {other}",
            $"UPDATE audit_links SET sequence = {other} WHERE tenant_id = {tenant} AND sequence = 1000");
        AssertFlaw(FlawKind.Reordered, Place, id, await ground.VerifyAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Entries_that_were_exchanged_under_their_links_are_reordered(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var (tenant, one, two, free) = (ground.Tenant, (await ground.EntryAsync(Place)).Id, (await ground.EntryAsync(Place + 2)).Id, Guid.CreateVersion7());
        await ground.TamperAsync(
            $"UPDATE audit_links SET entry_id = {free} WHERE entry_id = {one}", $"UPDATE audit_links SET entry_id = {one} WHERE entry_id = {two}", $"UPDATE audit_links SET entry_id = {two} WHERE entry_id = {free}");
        AssertFlaw(FlawKind.Reordered, Place, two, await ground.VerifyAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_end_that_was_cut_off_is_shown_by_the_last_checkpoint(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var kept = await ground.CheckpointAsync();
        var last = (await ground.LinksAsync()).Count;
        await CutAsync(ground, last - 1);
        AssertFlaw(FlawKind.Cut, last - 1, null, await ground.VerifyAsync());
        await ground.TamperAsync($"DELETE FROM audit_checkpoints WHERE tenant_id = {ground.Tenant}");
        Assert.Null((await ground.VerifyAsync()).Flaw);
        AssertFlaw(FlawKind.Cut, last - 1, null, await ground.VerifyAsync(kept));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_chain_that_was_written_anew_is_shown_by_a_checkpoint_and_not_signed_again(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var kept = await ground.CheckpointAsync();
        var last = (await ground.LinksAsync()).Count;
        await RewriteAsync(ground, Place, last);
        AssertFlaw(FlawKind.Changed, last, (await ground.EntryAsync(last)).Id, await ground.VerifyAsync());
        AssertFlaw(FlawKind.Changed, last, (await ground.EntryAsync(last)).Id, await ground.VerifyAsync(kept));
        await ground.WriteAsync(1);
        await ground.SealAsync();
        Assert.False(await ground.SignAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_entry_that_was_put_in_past_the_trail_is_named(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var entry = new AuditEntry { TenantId = ground.Tenant, At = ground.Service.Time.GetUtcNow(), Action = "thing.change" };
        await ground.QueryAsync(db => db.Add(entry) is null ? Task.FromResult(0) : db.SaveChangesAsync());
        AssertFlaw(FlawKind.Added, null, entry.Id, await ground.VerifyAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_entry_with_a_place_that_cannot_be_is_named(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var entry = new AuditEntry { TenantId = ground.Tenant, At = ground.Service.Time.GetUtcNow(), Action = "thing.change" };
        await ground.QueryAsync(db =>
        {
            db.AddRange(entry, new AuditLink { TenantId = ground.Tenant, Sequence = -5, EntryId = entry.Id, Digest = new byte[32], Hash = new byte[32] });
            return db.SaveChangesAsync();
        });
        AssertFlaw(FlawKind.Reordered, -5, entry.Id, await ground.VerifyAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_checkpoint_by_a_key_that_the_service_did_not_make_proves_nothing(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        Assert.True(await ground.SignAsync());
        using var foreign = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var info = foreign.ExportSubjectPublicKeyInfo();
        var last = (await ground.LinksAsync())[^1];
        var (at, id) = (ground.Service.Time.GetUtcNow(), System.Security.Cryptography.SHA256.HashData(info));
        at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
        var signature = foreign.SignData(new ChainFormat(ground.Tenant).Statement(last.Sequence, last.Hash, at, id), System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.DSASignatureFormat.Rfc3279DerSequence);
        await ground.QueryAsync(db =>
        {
            db.Add(new AuditKey { TenantId = ground.Tenant, Id = id, PublicKey = info, WrappedKey = new byte[200], CreatedAt = DateTimeOffset.UnixEpoch });
            db.Add(new AuditCheckpoint { TenantId = ground.Tenant, Sequence = last.Sequence, Hash = last.Hash, At = at, KeyId = id, Signature = signature });
            return db.SaveChangesAsync();
        });
        Assert.Equal((FlawKind.Unproven, last.Sequence), ((await ground.VerifyAsync()).Flaw!.Kind, (await ground.VerifyAsync()).Flaw!.Sequence));
    }

    private static void AssertFlaw(FlawKind kind, long? place, Guid? id, Verdict verdict) => Assert.Equal((kind, place, id), (verdict.Flaw!.Kind, verdict.Flaw.Sequence, verdict.Flaw.Id));

    private static Task CutAsync(AuditGround ground, long from) => ground.TamperAsync(
        $"DELETE FROM audit_entries WHERE tenant_id = {ground.Tenant} AND id IN (SELECT entry_id FROM audit_links WHERE tenant_id = {ground.Tenant} AND sequence >= {from})",
        $"DELETE FROM audit_links WHERE tenant_id = {ground.Tenant} AND sequence >= {from}");

    /// <summary>Changes a row and computes all links after it anew, as somebody can who knows the format and has no key.</summary>
    private static async Task RewriteAsync(AuditGround ground, long place, long last)
    {
        await ground.TamperAsync(ground.At("UPDATE audit_entries SET object_name = 'other' WHERE", place));
        var format = new ChainFormat(ground.Tenant);
        var links = await ground.LinksAsync();
        var previous = links[(int)place - 2].Hash;
        for (var sequence = place; sequence <= last; sequence++)
        {
            var entry = await ground.EntryAsync(sequence);
            var row = new ChainRow
            {
                Id = entry.Id, At = entry.At, ActorKind = entry.ActorKind.ToString(), ActorId = entry.ActorId, ActorName = entry.ActorName, Action = entry.Action, ObjectKind = entry.ObjectKind,
                ObjectId = entry.ObjectId, ObjectName = entry.ObjectName, Before = entry.Before, After = entry.After, Salt = entry.Salt,
            };
            var digest = format.Digest(row);
            previous = format.Hash(previous, sequence, row, digest);
            await ground.TamperAsync($"UPDATE audit_links SET digest = {digest}, hash = {previous} WHERE tenant_id = {ground.Tenant} AND sequence = {sequence}");
        }
    }
}
