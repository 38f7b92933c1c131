using Xunit;

namespace Deskward.Guards;

/// <summary>What must not stand in our sources.</summary>
public sealed class TextRuleTests
{
    [Fact]
    public void No_code_breaks_a_rule() => Nothing.In(Sources.Code.SelectMany(Offences));

    [Fact]
    public void No_file_breaks_a_rule_of_all_files() => Nothing.In(Sources.All.SelectMany(file => TextRules.OfAll.SelectMany(rule => rule.Offences(file))));

    [Fact]
    public void An_exception_that_nobody_needs_is_struck_off()
    {
        var needed = Sources.Code.SelectMany(file => TextRules.OfCode.Where(rule => rule.Lines(file).Any()).Select(rule => (rule, file.Path))).ToList();
        Nothing.In(TextRules.OfCode.SelectMany(rule => rule.Allowed.Where(allowed => !allowed.Path.EndsWith('/') && !needed.Contains((rule, allowed.Path))).Select(allowed => $"{rule.Name}: {allowed.Path}")));
    }

    [Theory]
    [InlineData("#region A\n#endregion", "#region")]
    [InlineData("#pragma warning disable CS0618", "#pragma without a reason beside or above it")]
    [InlineData("class A { object M() => System.DateTime.UtcNow; }", "the wall clock")]
    [InlineData("class A { object M() => TimeProvider.System; }", "TimeProvider.System instead of the injected clock")]
    [InlineData("class A { int M() => Work().GetAwaiter().GetResult(); }", "blocking on a task")]
    [InlineData("class A { void M() => Thread.Sleep(1); }", "blocking on a task")]
    [InlineData("class A { object M() => XmlReader.Create(\"\"); }", "an XML reader that is not Protocol's safe one")]
    [InlineData("class A { object M() => XDocument.Parse(\"\"); }", "an XML reader that is not Protocol's safe one")]
    [InlineData("class A { object M() => db.Set<B>().IgnoreQueryFilters(); }", "IgnoreQueryFilters outside Platform and Reports")]
    [InlineData("class A { void M() => throw new NotImplementedException(); }", "NotImplementedException")]
    [InlineData("class A { void M() { try { } catch (IOException) { } } }", "an empty catch without a reason")]
    public void Each_rule_finds_its_offence(string code, string rule) =>
        Assert.Contains(Offences(new SourceFile("src/Deskward/Updates/A.cs", code)), offence => offence.EndsWith(": " + rule, StringComparison.Ordinal));

    [Theory]
    [InlineData("// Generated code names a type that is going away.\n#pragma warning disable CS0618")]
    [InlineData("class A { string M() => \"DateTime.UtcNow\"; }")]
    [InlineData("class A { void M() { try { } catch (IOException) { // gone already\n } } }")]
    public void What_is_right_is_left_alone(string code) => Nothing.In(Offences(new SourceFile("src/Deskward/Updates/A.cs", code)));

    [Theory]
    [InlineData("// TODO later", true)]
    [InlineData("cd /home/ann/deskward", true)]
    [InlineData(@"C:\Users\ann\deskward", true)]
    [InlineData("<add key=\"x\" value=\"https://packages.example/v3/index.json\" />", true)]
    [InlineData("<<<<<<< HEAD", true)]
    [InlineData("./Device/Vendor/MSFT/Accounts/Users/admin", false)]
    [InlineData("https://www.nuget.org/packages/xunit", false)]
    public void Rules_of_all_files_tell_right_from_wrong(string text, bool found) =>
        Assert.Equal(found, TextRules.OfAll.SelectMany(rule => rule.Offences(new SourceFile("docs/a.md", text))).Any());

    private static IEnumerable<string> Offences(SourceFile file) => TextRules.OfCode.SelectMany(rule => rule.Offences(file));
}
