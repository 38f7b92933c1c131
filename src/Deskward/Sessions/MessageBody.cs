using System.Buffers;
using System.IO.Pipelines;

namespace Deskward.Sessions;

/// <summary>Reads a request's body whole, without copying it where it lies in one piece.</summary>
internal static class MessageBody
{
    /// <summary>Bytes of the longest message.</summary>
    internal const int Longest = 4 * 1024 * 1024;

    /// <summary>The body, valid until the reader is advanced to <paramref name="Sequence"/>'s end.</summary>
    internal readonly record struct Read(ReadOnlySequence<byte> Sequence, ReadOnlyMemory<byte> Bytes);

    /// <returns>Null when the body is longer than <see cref="Longest"/>.</returns>
    internal static async ValueTask<Read?> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > Longest)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                return new Read(read.Buffer, read.Buffer.IsSingleSegment ? read.Buffer.First : read.Buffer.ToArray());
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
