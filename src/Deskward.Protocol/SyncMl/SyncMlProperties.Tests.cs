using CsCheck;
using Deskward.Protocol.Tests;
using Deskward.Protocol.Xml;
using Xunit;

namespace Deskward.Protocol.SyncMl;

/// <summary>What holds for any message and for any bytes.</summary>
public sealed class SyncMlPropertyTests
{
    [Fact]
    public void What_is_written_is_read_back() =>
        SyncMlGen.Message.Sample(
            message => SyncMlEquality.Same(message, SyncMlReader.Read(SyncMlWriter.Write(message))), iter: Effort.Cases(1_000, 200_000), threads: 1);

    [Fact]
    public void Sizes_are_exact_and_add_up() =>
        SyncMlGen.Message.Sample(
            message =>
            {
                var written = SyncMlWriter.Write(message).Length;
                Assert.Equal(written, SyncMlWriter.SizeOf(message));
                Assert.Equal(written, SyncMlWriter.SizeOf(message with { Commands = [] }) + message.Commands.Sum(SyncMlWriter.SizeOf));
            },
            iter: Effort.Cases(500, 50_000), threads: 1);

    [Fact]
    public void Damaged_bytes_are_read_or_refused_and_nothing_else() =>
        Gen.Select(SyncMlGen.Message.Select(SyncMlWriter.Write), Mutation.Gen).Sample(
            (bytes, mutation) =>
            {
                var damaged = mutation.Apply(bytes);
                Assert.True(IsReadOrRefused(() => SyncMlReader.Read(damaged)), "SyncMlReader");
                Assert.True(IsReadOrRefused(() => SafeXml.Parse(damaged)), "SafeXml");
            },
            iter: Effort.Cases(3_000, 1_000_000), threads: 1);

    [Fact]
    public void Noise_is_refused() =>
        Gen.Byte.Array[0, 200].Sample(
            bytes => Assert.Throws<ProtocolException>(() => SyncMlReader.Read(bytes)), iter: Effort.Cases(1_000, 500_000), threads: 1);

    [Fact]
    public void A_message_that_was_cut_is_refused() =>
        Gen.Select(SyncMlGen.Message.Select(SyncMlWriter.Write), Gen.Double[0, 1]).Sample(
            (bytes, part) => Assert.Throws<ProtocolException>(() => SyncMlReader.Read(bytes.AsMemory(0, (int)(part * (bytes.Length - 1))))),
            iter: Effort.Cases(500, 50_000), threads: 1);

    [Fact]
    public void Chunks_of_any_data_fit_and_come_together_again() =>
        Gen.Select(SyncMlGen.Data, Gen.Int[16, 200]).Sample(
            (data, room) =>
            {
                var assembler = new LargeObjectAssembler();
                var steps = LargeObject.Split(new SyncItem { Target = "./A", Data = data }, room).Select(assembler.Offer).ToList();
                Assert.Equal(data, steps[^1].Item!.Data);
                Assert.All(steps.SkipLast(1), step => Assert.Equal(SyncStatus.ChunkAccepted, step.Status));
            },
            iter: Effort.Cases(1_000, 100_000), threads: 1);

    [Fact]
    public void An_address_keeps_its_meaning_when_it_is_written() =>
        Gen.Select(SyncMlGen.Token, SyncMlGen.Token).Sample(
            (one, two) =>
            {
                var address = $"./{LocUri.Encode(one)}/x{LocUri.Encode(two)}";
                Assert.All([one, two], name => Assert.True(LocUri.TryDecode(LocUri.Encode(name), out var again) && again == name));
                Assert.Equal(LocUri.KeyOf(address), LocUri.KeyOf(address.ToLowerInvariant()));
            },
            iter: Effort.Cases(1_000, 100_000), threads: 1);

    private static bool IsReadOrRefused(Action read) =>
        Record.Exception(read) is null or ProtocolException { Message.Length: > 0 and <= ProtocolException.MaxLength };
}
