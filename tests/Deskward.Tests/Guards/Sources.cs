using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deskward.Guards;

/// <summary>A file of the repository.</summary>
/// <param name="Path">From the root, with forward slashes.</param>
/// <param name="Text">Its content.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp14, DocumentationMode.Parse);
    private CSharpSyntaxTree? _tree;

    internal bool IsCode => Path.EndsWith(".cs", StringComparison.Ordinal) || IsRazor;

    internal bool IsRazor => Path.EndsWith(".razor", StringComparison.Ordinal);

    internal bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal) || Path.EndsWith(".Tests.cs", StringComparison.Ordinal);

    internal bool IsGenerated => Path.Contains("/Migrations/", StringComparison.Ordinal);

    internal string Folder => Path[..Math.Max(0, Path.LastIndexOf('/'))];

    /// <summary>The C# of the file; of a Razor file its code blocks.</summary>
    internal CSharpSyntaxTree Tree => _tree ??= (CSharpSyntaxTree)CSharpSyntaxTree.ParseText(IsRazor ? CodeBlocks() : Text, Options);

    /// <summary>The number of a position's line, from 1; of a Razor file counted in its code blocks.</summary>
    internal int LineOf(SyntaxNodeOrToken place) => Tree.GetLineSpan(place.Span).StartLinePosition.Line + 1;

    private string CodeBlocks() => "class Page {" + string.Concat(Text.Split("@code")[1..].Select(block => block[(block.IndexOf('{', StringComparison.Ordinal) + 1)..block.LastIndexOf('}')])) + "}";
}

/// <summary>The text files of the repository as they lie in the working folder; what builds and runs leave behind is not among them.</summary>
internal static class Sources
{
    private static readonly HashSet<string> Skipped = [".git", "artifacts", ".data", ".bench", ".test", "bin", "obj", ".vs", ".idea", "node_modules"];

    private static readonly HashSet<string> Endings =
        [".cs", ".razor", ".csproj", ".props", ".targets", ".slnx", ".md", ".txt", ".tsv", ".json", ".yml", ".css", ".js", ".html", ".svg", ".editorconfig", ".config", ".sh", ""];

    /// <summary>The folder that holds <c>Deskward.slnx</c>.</summary>
    internal static string Root { get; } = FindRoot();

    internal static IReadOnlyList<SourceFile> All { get; } = [.. Walk(Root).Order(StringComparer.Ordinal).Select(path => new SourceFile(path, File.ReadAllText(Path.Combine(Root, path))))];

    /// <summary>C# and Razor files that people write.</summary>
    internal static IEnumerable<SourceFile> Code => All.Where(file => file.IsCode && !file.IsGenerated);

    /// <summary>The same without tests.</summary>
    internal static IEnumerable<SourceFile> Product => Code.Where(file => !file.IsTest && file.Path.StartsWith("src/", StringComparison.Ordinal));

    /// <summary>Full names of the public types beside the routes of a module (<c>*Api.cs</c>): what goes over the wire.</summary>
    internal static HashSet<string> WireRecords() => [.. Product.Where(file => file.Path.EndsWith("Api.cs", StringComparison.Ordinal)).SelectMany(PublicTypes)];

    internal static IEnumerable<string> PublicTypes(SourceFile file)
    {
        var root = file.Tree.GetRoot();
        var space = root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";
        return root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Where(type => type.Modifiers.Any(SyntaxKind.PublicKeyword) && type.Parent is BaseNamespaceDeclarationSyntax)
            .Select(type => $"{space}.{type.Identifier.ValueText}");
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder).Where(path => Endings.Contains(Path.GetExtension(path))))
        {
            yield return Path.GetRelativePath(Root, path).Replace('\\', '/');
        }

        foreach (var path in Directory.EnumerateDirectories(folder).Where(path => !Skipped.Contains(Path.GetFileName(path))).SelectMany(Walk))
        {
            yield return path;
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Deskward.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder.FullName;
    }
}
