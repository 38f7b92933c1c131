using System.Text.Json;
using Xunit;

namespace Deskward.Protocol.SyncMl;

/// <summary>Compares messages by content; records compare their lists by reference.</summary>
internal static class SyncMlEquality
{
    public static void Same(SyncMlMessage expected, SyncMlMessage actual) => Assert.Equal(Show(expected), Show(actual));

    public static string Show(SyncMlMessage message) =>
        JsonSerializer.Serialize(new { message.Header, Commands = message.Commands.Select(Show), message.Final });

    private static string Show(SyncCommand command) => command switch
    {
        AtomicCommand atomic => $"Atomic {atomic.CommandId} [{string.Join("; ", atomic.Commands.Select(Show))}]",
        SequenceCommand sequence => $"Sequence {sequence.CommandId} [{string.Join("; ", sequence.Commands.Select(Show))}]",
        _ => $"{command.GetType().Name} {JsonSerializer.Serialize(command, command.GetType())}",
    };
}
