using CsCheck;
using Deskward.Fixture;
using Xunit;

namespace Deskward.Faults;

public sealed class PlanLifeTests(Services services, ITestOutputHelper output)
{
    private static readonly Gen<PlanStory> Stories = Gen.Select(
        Gen.Int[1, 3],
        Gen.Select(Gen.Enum<PlanMoveKind>(), Gen.Int[0, 2], Gen.Int[0, 9999], (kind, pc, choice) => new PlanMove(kind, pc, choice)).Array[4, 18],
        (pcs, moves) => new PlanStory(pcs, moves));

    /// <summary>A failure names its seed; <c>DESKWARD_SEED</c> begins with that one.</summary>
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task What_comes_of_a_plan_is_the_plan_or_has_a_true_reason_of_the_closed_list(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        await Stories.SampleAsync(
            async story => await (await PlanLife.BeginAsync(service, story.Pcs)).LiveAsync(story.Moves),
            output.WriteLine, Environment.GetEnvironmentVariable("DESKWARD_SEED"), Effort.Cases(8, 150), threads: 1);
    }
}

/// <summary>What may happen to a customer who plans, and its PCs.</summary>
internal enum PlanMoveKind
{
    NewVersion,
    Assign,
    Unassign,
    Join,
    Leave,
    Enrol,
    Retire,
    Synchronise,
    FailNode,
    Drift,
    Sleep,
    Wake,
    SignIn,
    SignOut,
    LetTimePass,
}

/// <param name="Kind">What happens.</param>
/// <param name="Pc">To which PC, or which policy set.</param>
/// <param name="Choice">How: everything else follows from it.</param>
internal sealed record PlanMove(PlanMoveKind Kind, int Pc, int Choice);

/// <param name="Pcs">How many PCs.</param>
/// <param name="Moves">What happens, in order.</param>
internal sealed record PlanStory(int Pcs, PlanMove[] Moves)
{
    public override string ToString() => $"{Pcs} PCs: {string.Join("; ", Moves.Select(move => $"{move.Kind} {move.Pc} {move.Choice}"))}";
}
