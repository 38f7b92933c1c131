using System.Text;
using Xunit;

namespace Deskward.Protocol.SyncMl;

public sealed class LargeObjectTests
{
    private static readonly SyncItem Whole = new() { Target = "./A", Meta = new("chr"), Data = string.Concat(Enumerable.Repeat("a<é€𝄞&\r", 50)) };

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    public void Chunks_fit_and_come_together_again(int room)
    {
        var chunks = LargeObject.Split(Whole, room);
        var assembler = new LargeObjectAssembler();
        var steps = chunks.Select(assembler.Offer).ToList();

        Assert.All(chunks, chunk => Assert.InRange(Escaped(chunk), 1, room));
        Assert.All(steps.SkipLast(1), step => Assert.Equal(SyncStatus.ChunkAccepted, step.Status));
        Assert.Equal(Whole.Data, steps[^1].Item!.Data);
        Assert.Equal((SyncStatus.Ok, false, "chr"), (steps[^1].Status, steps[^1].Item!.MoreData, steps[^1].Item!.Meta!.Format));
        Assert.Null(assembler.Pending);
    }

    [Fact]
    public void Only_the_first_chunk_says_the_size_and_only_the_last_has_no_more()
    {
        var chunks = LargeObject.Split(Whole, 100);

        Assert.Equal(Encoding.UTF8.GetByteCount(Whole.Data!), chunks[0].Meta!.Size);
        Assert.All(chunks.Skip(1), chunk => Assert.Equal(Whole.Meta, chunk.Meta));
        Assert.All(chunks.SkipLast(1), chunk => Assert.True(chunk.MoreData));
        Assert.False(chunks[^1].MoreData);
    }

    [Fact]
    public void What_fits_stays_as_it_is() => Assert.Same(Whole, Assert.Single(LargeObject.Split(Whole, 5000)));

    [Fact]
    public void More_than_16_megabytes_cannot_be_split() =>
        Assert.Throws<ArgumentException>(() => LargeObject.Split(Whole with { Data = new string('x', LargeObject.MaxBytes + 1) }, 1000));

    [Theory]
    [InlineData(5L, "abc", "de", SyncStatus.ChunkAccepted, SyncStatus.Ok)]
    [InlineData(5L, "abc", "d", SyncStatus.ChunkAccepted, SyncStatus.SizeMismatch)]
    [InlineData(5L, "abc", "def", SyncStatus.ChunkAccepted, SyncStatus.SizeMismatch)]
    [InlineData(2L, "abc", "", SyncStatus.SizeMismatch, SyncStatus.SizeMismatch)]
    [InlineData(LargeObject.MaxBytes + 1L, "abc", "", SyncStatus.TooLarge, SyncStatus.TooLarge)]
    [InlineData(null, "abc", "", SyncStatus.SizeRequired, SyncStatus.SizeRequired)]
    public void Each_chunk_has_its_status(long? size, string first, string last, int firstStatus, int lastStatus)
    {
        var assembler = new LargeObjectAssembler();

        Assert.Equal(firstStatus, assembler.Offer(Chunk("./A", first, size)).Status);
        Assert.Equal(lastStatus, assembler.Offer(Chunk("./A", last, null) with { MoreData = false }).Status);
        Assert.Equal(SyncStatus.Ok, assembler.Offer(new SyncItem { Source = "./B" }).Status);
    }

    [Fact]
    public void An_item_before_the_end_abandons_the_object()
    {
        var assembler = new LargeObjectAssembler();
        assembler.Offer(Chunk("./A", "abc", 10));

        var step = assembler.Offer(new SyncItem { Source = "./B", Data = "x" });

        Assert.Equal((SyncStatus.Ok, "./A", "x"), (step.Status, step.Abandoned!.Source, step.Item!.Data));
    }

    [Fact]
    public void An_object_that_begins_again_abandons_itself()
    {
        var assembler = new LargeObjectAssembler();
        assembler.Offer(Chunk("./A", "abc", 10));

        Assert.NotNull(assembler.Offer(Chunk("./A", "abc", 4)).Abandoned);
        Assert.Equal("abcd", assembler.Offer(new SyncItem { Source = "./A", Data = "d" }).Item!.Data);
    }

    [Fact]
    public void An_open_object_survives_a_change_of_process()
    {
        var before = new LargeObjectAssembler();
        before.Offer(Chunk("./A", "é", 3));

        Assert.Equal("éd", new LargeObjectAssembler(before.Pending).Offer(new SyncItem { Source = "./A", Data = "d" }).Item!.Data);
    }

    private static SyncItem Chunk(string source, string data, long? size) =>
        new() { Source = source, Data = data, MoreData = true, Meta = size is null ? null : new SyncMeta { Size = size } };

    private static int Escaped(SyncItem chunk) => SyncMlWriter.SizeOf(Command(chunk)) - SyncMlWriter.SizeOf(Command(chunk with { Data = "" }));

    private static ItemCommand Command(SyncItem item) => new(SyncVerb.Add, [item]) { CommandId = "1" };
}
