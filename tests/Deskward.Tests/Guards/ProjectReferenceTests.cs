using System.Text.RegularExpressions;
using System.Xml.Linq;
using Deskward.Protocol.SyncMl;
using Xunit;

namespace Deskward.Guards;

/// <summary>What each project may reference, and that Protocol turns bytes into records without touching the world.</summary>
public sealed partial class ProjectReferenceTests
{
    /// <summary>Types that reach files, network, processes, threads or the clock.</summary>
    private static readonly string[] World =
    [
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory", "System.IO.DirectoryInfo", "System.Console", "System.Diagnostics.Process",
        "System.Diagnostics.Stopwatch", "System.TimeProvider", "System.Threading.Thread", "System.Threading.Timer", "System.Random", "System.Net.Http.HttpClient", "System.Net.Sockets.Socket",
    ];

    private static readonly string[] Members =
    [
        "System.Environment::GetEnvironmentVariable", "System.Environment::get_TickCount", "System.Environment::get_TickCount64", "System.Environment::get_MachineName",
        "System.DateTime::get_Now", "System.DateTime::get_UtcNow", "System.DateTime::get_Today", "System.DateTimeOffset::get_Now", "System.DateTimeOffset::get_UtcNow",
    ];

    [Theory]
    [InlineData("src/Deskward.Protocol/Deskward.Protocol.csproj")]
    [InlineData("src/Deskward.Simulator/Deskward.Simulator.csproj", "Deskward.Protocol", "System.Security.Cryptography.Pkcs")]
    [InlineData("tests/Deskward.Protocol.Tests/Deskward.Protocol.Tests.csproj", "Deskward.Protocol", "xunit.v3", "CsCheck")]
    public void A_project_references_no_more_than_this(string project, params string[] allowed) =>
        Nothing.In(References(XDocument.Load(Path.Combine(Sources.Root, project))).Except(allowed).Except(["Microsoft.CodeAnalysis.BannedApiAnalyzers"]));

    [Fact]
    public void A_reference_of_any_kind_is_found() => Assert.Equal(
        ["A", "B", "C"],
        References(XDocument.Parse("""<Project><ItemGroup><ProjectReference Include="../A/A.csproj" /><PackageReference Include="B" /><FrameworkReference Include="C" /></ItemGroup></Project>""")));

    [Fact]
    public void Protocol_is_built_on_the_base_framework_alone()
    {
        using var protocol = new AssemblyReader(typeof(SyncMlMessage).Assembly.Location);
        Nothing.In(protocol.ReferencedAssemblies.Where(name => !Base().IsMatch(name)));
        using var tests = new AssemblyReader(typeof(ProjectReferenceTests).Assembly.Location);
        Assert.Contains(tests.ReferencedAssemblies, name => !Base().IsMatch(name));
    }

    [Fact]
    public void Protocol_reaches_neither_the_world_nor_the_clock()
    {
        using var protocol = new AssemblyReader(typeof(SyncMlMessage).Assembly.Location);
        Nothing.In(Reaches(protocol));
        using var tests = new AssemblyReader(typeof(ProjectReferenceTests).Assembly.Location);
        Assert.Contains("System.IO.File", Reaches(tests));
    }

    private static IEnumerable<string> References(XDocument project) => project.Descendants()
        .Where(element => element.Name.LocalName is "ProjectReference" or "PackageReference" or "FrameworkReference")
        .Select(element => Path.GetFileName(element.Attribute("Include")!.Value) is var name && name.EndsWith(".csproj", StringComparison.Ordinal) ? name[..^".csproj".Length] : name);

    private static IEnumerable<string> Reaches(AssemblyReader assembly) =>
        assembly.Uses().Select(use => use.To).Where(World.Contains).Concat(assembly.ForeignMembers.Where(Members.Contains)).Distinct();

    [GeneratedRegex(@"^(System\.(?!Net\.|IO\.Pipe|Data)|netstandard$|mscorlib$)")]
    private static partial Regex Base();
}
