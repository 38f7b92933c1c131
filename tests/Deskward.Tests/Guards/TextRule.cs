using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deskward.Guards;

/// <summary>Something that must not stand in a file.</summary>
/// <param name="Name">What it is, for the report.</param>
/// <param name="Lines">The lines, from 1, on which a file offends.</param>
/// <param name="Allowed">Path, or folder ending in a slash, to the reason why it may.</param>
internal sealed record TextRule(string Name, Func<SourceFile, IEnumerable<int>> Lines, params (string Path, string Reason)[] Allowed)
{
    internal IEnumerable<string> Offences(SourceFile file) =>
        Allowed.Any(allowed => allowed.Path == file.Path || (allowed.Path.EndsWith('/') && file.Path.StartsWith(allowed.Path, StringComparison.Ordinal)))
            ? [] : Lines(file).Select(line => $"{file.Path}:{line}: {Name}");
}

/// <summary>The text rules of the house.</summary>
internal static partial class TextRules
{
    private static readonly string[] XmlReaders = ["XmlReader", "XmlTextReader", "XmlDocument", "XPathDocument", "XmlSerializer", "DataContractSerializer"];

    internal static readonly TextRule[] OfCode =
    [
        new("#region", file => Directives<RegionDirectiveTriviaSyntax>(file).Select(file.LineOf)),
        new("#pragma without a reason beside or above it", file => Directives<PragmaWarningDirectiveTriviaSyntax>(file).Where(pragma => !HasReason(file, pragma)).Select(file.LineOf)),
        new("the wall clock", file => Members(file, "DateTime.Now", "DateTime.UtcNow", "DateTime.Today", "DateTimeOffset.Now", "DateTimeOffset.UtcNow")),
        new("TimeProvider.System instead of the injected clock", file => file.IsTest ? [] : Members(file, "TimeProvider.System"),
            ("src/Deskward/Platform/ServiceHost.cs", "the one place that registers it"),
            ("src/Deskward/Platform/Backups/Backup.cs", "a verb, without the service's container"),
            ("src/Deskward/Platform/DoctorVerb.cs", "a verb, without the service's container"),
            ("src/Deskward/Platform/ServeVerb.cs", "a verb, before the container is built"),
            ("src/Deskward/Demo/", "a verb, without the service's container"),
            ("src/Deskward.Simulator/", "the real clock is the default where a caller names none"),
            ("benchmarks/", "measures the real time")),
        new("blocking on a task", file => Calls(file, name => name is "WaitAll" or "WaitAny").Concat(Calls(file, ".GetAwaiter().GetResult")).Concat(Calls(file, "Thread.Sleep")),
            ("tests/Deskward.Tests/Guards/BuiltCodeTests.cs", "shows that it is found"), ("benchmarks/", "loops of a load run")),
        new("an XML reader that is not Protocol's safe one", XmlFromStrangers,
            ("src/Deskward.Protocol/Xml/", "the safe one itself"),
            ("src/Deskward/Platform/KeyRingProtection.cs", "reads what the service key has just opened, so nobody else wrote it"),
            ("tests/", "reads what the test itself made or the service answered")),
        new("IgnoreQueryFilters outside Platform and Reports", file => file.IsTest ? [] : Calls(file, name => name == "IgnoreQueryFilters"),
            ("src/Deskward/Platform/", "the filter lives there"), ("src/Deskward/Reports/", "joins over the others, read only"), ("benchmarks/", "counts what a run leaves in all organisations")),
        new("NotImplementedException", file => file.Tree.GetRoot().DescendantNodes().Where(node => node is IdentifierNameSyntax { Identifier.ValueText: "NotImplementedException" }).Select(node => file.LineOf(node))),
        new("an empty catch without a reason", EmptyCatches),
    ];

    internal static readonly TextRule[] OfAll =
    [
        new("unfinished work", file => Matches(file, Unfinished()), ("tests/Deskward.Tests/Guards/", "spells what it looks for")),
        new("a path of somebody's machine", file => Matches(file, MachinePath()), ("tests/Deskward.Tests/Guards/", "spells what it looks for"),
            ("src/Deskward.Protocol/Scim/", "the path of SCIM's people looks like one")),
        new("a package feed", file => Matches(file, Feed()), ("tests/Deskward.Tests/Guards/", "spells what it looks for")),
        new("a merge left open", file => Matches(file, Conflict()), ("tests/Deskward.Tests/Guards/", "spells what it looks for")),
    ];

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"(?<![\w./\-}])/(work|root|home|Users)/\w|\b[A-Z]:\\+Users\\", RegexOptions.CultureInvariant)]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"https?://[^\s""'<>]*(/v3/index\.json|artifactory|nexus|registry\.|/simple/)|<packageSources>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Feed();

    [GeneratedRegex(@"^(<<<<<<<|>>>>>>>) ", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Conflict();

    private static IEnumerable<int> Matches(SourceFile file, Regex pattern) =>
        pattern.Matches(file.Text).Select(match => file.Text.AsSpan(0, match.Index).Count('\n') + 1);

    private static IEnumerable<SyntaxNodeOrToken> Directives<T>(SourceFile file)
        where T : DirectiveTriviaSyntax => file.Tree.GetRoot().DescendantNodes(descendIntoTrivia: true).OfType<T>().Select(node => (SyntaxNodeOrToken)node);

    private static bool HasReason(SourceFile file, SyntaxNodeOrToken pragma)
    {
        var lines = file.Tree.GetText().Lines;
        var line = file.LineOf(pragma) - 1;
        var text = lines[line].ToString();
        return text.Contains("//", StringComparison.Ordinal) || text.Contains("restore", StringComparison.Ordinal)
            || (line > 0 && lines[line - 1].ToString().TrimStart().StartsWith("//", StringComparison.Ordinal));
    }

    /// <summary>Lines with a member access that ends in one of <paramref name="names"/>, written as Type.Member.</summary>
    private static IEnumerable<int> Members(SourceFile file, params string[] names) => file.Tree.GetRoot().DescendantNodes().OfType<MemberAccessExpressionSyntax>()
        .Where(access => names.Any(name => access.ToString() is var text && (text == name || text.EndsWith("." + name, StringComparison.Ordinal)))).Select(access => file.LineOf(access));

    private static IEnumerable<int> Calls(SourceFile file, string member) =>
        Invocations(file).Where(call => call.Expression.ToString().EndsWith(member, StringComparison.Ordinal)).Select(call => file.LineOf(call));

    private static IEnumerable<int> Calls(SourceFile file, Func<string, bool> name) =>
        Invocations(file).Where(call => call.Expression is MemberAccessExpressionSyntax access && name(access.Name.Identifier.ValueText)).Select(call => file.LineOf(call));

    private static IEnumerable<InvocationExpressionSyntax> Invocations(SourceFile file) => file.Tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>();

    private static IEnumerable<int> XmlFromStrangers(SourceFile file) => file.Tree.GetRoot().DescendantNodes()
        .Where(node => node is IdentifierNameSyntax name && XmlReaders.Contains(name.Identifier.ValueText)).Select(node => file.LineOf(node))
        .Concat(Members(file, "XDocument.Load", "XDocument.LoadAsync", "XDocument.Parse", "XElement.Load", "XElement.LoadAsync", "XElement.Parse")).Distinct();

    private static IEnumerable<int> EmptyCatches(SourceFile file) => file.Tree.GetRoot().DescendantNodes().OfType<CatchClauseSyntax>()
        .Where(clause => clause.Block.Statements.Count == 0 && !clause.Block.DescendantTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia))).Select(clause => file.LineOf(clause));
}
