using Deskward.Protocol.SyncMl;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace Deskward.Guards;

/// <summary>Rules about the built projects that the compiler does not know.</summary>
public sealed class BuiltCodeTests
{
    private static readonly string[] Blocking =
        ["System.Threading.Tasks.Task::Wait", "System.Threading.Tasks.Task::WaitAll", "System.Threading.Tasks.Task::WaitAny", "System.Threading.Thread::Sleep"];

    public static TheoryData<Type> Projects => [typeof(SyncMlMessage), typeof(Modules)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Classes_are_sealed_unless_something_stands_on_them(Type project) => Nothing.In(Unsealed(project.Assembly.GetTypes()));

    [Fact]
    public void A_class_that_is_open_for_nobody_is_found() => Assert.Equal(["Deskward.Guards.BuiltCodeTests+Open"], Unsealed([typeof(Open), typeof(BuiltCodeTests)]));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Nothing_waits_for_a_task_or_sleeps(Type project)
    {
        using var built = new AssemblyReader(project.Assembly.Location);
        Nothing.In(built.ForeignMembers.Where(Blocking.Contains));
    }

    [Fact]
    public void A_thread_that_sleeps_is_found()
    {
        Action sleeps = () => Thread.Sleep(0);
        using var tests = new AssemblyReader(sleeps.Method.Module.Assembly.Location);
        Assert.Contains("System.Threading.Thread::Sleep", tests.ForeignMembers);
    }

    private static IEnumerable<string> Unsealed(IReadOnlyCollection<Type> types) => types
        .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !type.IsAssignableTo(typeof(ComponentBase)) && !type.Name.Contains('<', StringComparison.Ordinal) && type.Name is not ("Program" or "_Imports"))
        .Where(type => type.Namespace?.Contains("Migrations", StringComparison.Ordinal) != true && !types.Any(other => other.BaseType == type || (other.BaseType is { IsGenericType: true } generic && generic.GetGenericTypeDefinition() == type)))
        .Select(type => type.FullName!);

    public class Open;
}
