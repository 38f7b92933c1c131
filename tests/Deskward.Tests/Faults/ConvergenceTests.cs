using Deskward.Fixture;
using Deskward.Sessions;
using Xunit;

namespace Deskward.Faults;

public sealed class ConvergenceTests(Services services)
{
    [Fact]
    public async Task The_check_sees_a_changed_value_a_remnant_and_a_pc_that_has_not_spoken()
    {
        var ground = await FaultGround.OnAsync(await services.SharedAsync(Engine.Sqlite));
        await ground.AssignAsync((SessionBench.Camera, "0"));
        using var pc = await ground.EnrolAsync(1);
        var before = new Untouched(pc);
        Assert.NotEmpty(await Convergence.ProblemsAsync(ground, pc, before));
        await pc.SyncAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await Convergence.ProblemsAsync(ground, pc, before));
        pc.Tree.SetLocally(SessionBench.Camera, "1");
        Assert.Contains("AllowCamera is '1', not '0'", Assert.Single(await Convergence.ProblemsAsync(ground, pc, before)), StringComparison.Ordinal);
        pc.Tree.SetLocally(SessionBench.Camera, "0");
        pc.Tree.SetLocally(SessionBench.Pua, "1");
        Assert.Contains("left behind", Assert.Single(await Convergence.ProblemsAsync(ground, pc, before)), StringComparison.Ordinal);
    }
}
