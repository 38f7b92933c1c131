using CsCheck;
using Deskward.Fixture;
using Xunit;

namespace Deskward.Faults;

public sealed class RandomLifeTests(Services services, ITestOutputHelper output)
{
    private static readonly Gen<Life> Lives = Gen.Select(
        Gen.Int[1, 3],
        Gen.Select(Gen.Enum<MoveKind>(), Gen.Int[0, 2], Gen.Int[0, 9999], (kind, pc, choice) => new Move(kind, pc, choice)).Array[4, 16],
        (pcs, moves) => new Life(pcs, moves));

    /// <summary>A failure names its seed; <c>DESKWARD_SEED</c> begins with that one.</summary>
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Whatever_happens_every_pc_ends_in_its_desired_state_or_says_why(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        await Lives.SampleAsync(
            async life => await (await RandomLife.BeginAsync(service, life.Pcs)).LiveAsync(life.Moves),
            output.WriteLine, Environment.GetEnvironmentVariable("DESKWARD_SEED"), Effort.Cases(8, 150), threads: 1);
    }
}

/// <summary>What may happen to a customer and its PCs.</summary>
internal enum MoveKind
{
    NewVersion,
    Assign,
    Unassign,
    Join,
    Leave,
    LoseReply,
    LoseConnection,
    FailNode,
    Drift,
    QueueRestart,
    RestartByItself,
    SignIn,
    SignOut,
    Sleep,
    Wake,
    RepeatResults,
    LetTimePass,
    DieInSession,
    Synchronise,
    SynchroniseAll,
}

/// <param name="Kind">What happens.</param>
/// <param name="Pc">To which PC, or which policy set.</param>
/// <param name="Choice">How: everything else follows from it.</param>
internal sealed record Move(MoveKind Kind, int Pc, int Choice);

/// <param name="Pcs">How many PCs.</param>
/// <param name="Moves">What happens, in order.</param>
internal sealed record Life(int Pcs, Move[] Moves)
{
    public override string ToString() => $"{Pcs} PCs: {string.Join("; ", Moves.Select(move => $"{move.Kind} {move.Pc} {move.Choice}"))}";
}
