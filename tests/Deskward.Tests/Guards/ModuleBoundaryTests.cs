using Deskward.Platform;
using Xunit;

namespace Deskward.Guards;

/// <summary>Who may use whom, read from the built product.</summary>
public sealed class ModuleBoundaryTests
{
    private static readonly Module[] Two = [new("Lower", [], (_, _) => { }), new("Upper", ["Lower"], (_, _) => { })];

    [Fact]
    public void No_folder_uses_what_its_row_does_not_name()
    {
        using var product = new AssemblyReader(typeof(Modules).Assembly.Location);
        var boundaries = new Boundaries(product.Types, Modules.All);
        Nothing.In(product.Uses().Select(boundaries.Refuse).OfType<string>().Order());
    }

    [Fact]
    public void Wire_records_stay_in_their_folder()
    {
        using var product = new AssemblyReader(typeof(Modules).Assembly.Location);
        var wire = Sources.WireRecords();
        Nothing.In(product.Uses().Where(use => use.Assembly is null && wire.Contains(use.To) && Boundaries.FolderOf(use.From) is { } from
            && from != Boundaries.FolderOf(use.To)).Select(use => $"{use.From} -> {use.To}"));
    }

    [Fact]
    public void A_module_uses_only_those_above_it()
    {
        for (var place = 0; place < Modules.All.Count; place++)
        {
            Nothing.In(Modules.All[place].Uses.Except(Modules.All.Take(place).Select(module => module.Name)).Select(use => $"{Modules.All[place].Name} -> {use}"));
        }
    }

    [Fact]
    public void Every_folder_of_the_product_is_a_module_or_named_here()
    {
        string[] others = ["Platform", "Demo"];
        var folders = Directory.GetDirectories(Path.Combine(Sources.Root, "src", "Deskward")).Select(path => Path.GetFileName(path)!)
            .Where(name => name is not ("bin" or "obj" or "wwwroot" or "Properties")).ToHashSet();
        Nothing.In(folders.Except(Modules.All.Select(module => module.Name)).Except(others));
        Nothing.In(Modules.All.Select(module => module.Name).Except(folders));
    }

    [Theory]
    [InlineData("Deskward.Lower.A", "Deskward.Upper.A", false)]
    [InlineData("Deskward.Upper.A", "Deskward.Lower.A", true)]
    [InlineData("Deskward.Upper.A", "Deskward.Lower.Hidden", false)]
    [InlineData("Deskward.Upper.A", "Deskward.Lower.Page", false)]
    [InlineData("Deskward.Upper.A", "Deskward.Platform.A", true)]
    [InlineData("Deskward.Platform.A", "Deskward.Lower.A", false)]
    [InlineData("Deskward.Platform.A", "Deskward.Modules", false)]
    [InlineData("Deskward.Platform.ServiceHost", "Deskward.Modules", true)]
    [InlineData("Deskward.Lower.A", "Deskward.Modules", false)]
    [InlineData("Deskward.Stray.A", "Deskward.Lower.A", false)]
    [InlineData("Deskward.Demo.A", "Deskward.Lower.Hidden", true)]
    [InlineData("Program", "Deskward.Lower.Hidden", true)]
    public void The_rule_tells_allowed_from_refused(string from, string to, bool allowed)
    {
        var types = new[] { from, to }.Distinct().Select(name => new BuiltType(name, "", !name.EndsWith("Hidden", StringComparison.Ordinal),
            name.EndsWith("Page", StringComparison.Ordinal) ? ["Microsoft.AspNetCore.Components.ComponentBase"] : []));
        Assert.Equal(allowed, new Boundaries(types, Two).Refuse(new TypeUse(from, to, null)) is null);
    }

    [Theory]
    [InlineData("Deskward.Lower.A", false)]
    [InlineData("Deskward.Platform.VirtualPcVerb", true)]
    [InlineData("Deskward.Demo.A", true)]
    public void Only_the_demo_and_one_verb_may_use_the_simulator(string from, bool allowed) =>
        Assert.Equal(allowed, new Boundaries([], Two).Refuse(new TypeUse(from, "Deskward.Simulator.VirtualPc", "Deskward.Simulator")) is null);

    [Theory]
    [InlineData(nameof(Probe.Left.Derived))]
    [InlineData(nameof(Probe.Left.Calls))]
    [InlineData(nameof(Probe.Left.CallsInLambda))]
    [InlineData(nameof(Probe.Left.CallsLater))]
    [InlineData(nameof(Probe.Left.NamesAsArgument))]
    [InlineData(nameof(Probe.Left.NamesInGenericMethod))]
    [InlineData(nameof(Probe.Left.Catches))]
    [InlineData(nameof(Probe.Left.Marked))]
    [InlineData(nameof(Probe.Left.Constrained<>))]
    public void The_reader_finds_a_use_wherever_it_hides(string name)
    {
        using var tests = new AssemblyReader(typeof(ModuleBoundaryTests).Assembly.Location);
        Assert.Contains(tests.Uses(), use => use.From.StartsWith("Deskward.Guards.Probe.Left." + name, StringComparison.Ordinal) && use.To.StartsWith("Deskward.Guards.Probe.Right.", StringComparison.Ordinal));
    }
}
