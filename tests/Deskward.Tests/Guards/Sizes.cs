using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deskward.Guards;

/// <summary>Something that is larger than the house style allows.</summary>
/// <param name="Place">File, member or folder, as the allow list writes it.</param>
/// <param name="Kind">file-lines, method-lines, test-lines, parameters or folder-files.</param>
/// <param name="Size">How large it is.</param>
internal readonly record struct Oversize(string Place, string Kind, int Size)
{
    internal string Key => $"{Kind} {Place}";

    public override string ToString() => $"{Key} {Size}";
}

/// <summary>Counts lines, parameters and files.</summary>
internal static class Sizes
{
    internal const int FileLines = 350;
    internal const int MethodLines = 50;
    internal const int TestLines = 15;
    internal const int Parameters = 7;
    internal const int FolderFiles = 40;

    internal static IEnumerable<Oversize> Of(IReadOnlyCollection<SourceFile> files) =>
        files.SelectMany(OfFile).Concat(files.Where(file => !file.IsTest).GroupBy(file => file.Folder)
            .Where(folder => folder.Count() > FolderFiles).Select(folder => new Oversize(folder.Key, "folder-files", folder.Count())));

    private static IEnumerable<Oversize> OfFile(SourceFile file)
    {
        var lines = file.Text.AsSpan().Count('\n');
        if (lines > FileLines)
        {
            yield return new(file.Path, "file-lines", lines);
        }

        foreach (var node in file.Tree.GetRoot().DescendantNodes())
        {
            var (kind, size) = Measure(file.Tree, node);
            if (kind is not null)
            {
                yield return new($"{file.Path}:{Name(node)}", kind, size);
            }
        }
    }

    private static (string? Kind, int Size) Measure(SyntaxTree tree, SyntaxNode node)
    {
        var parameters = node.ChildNodes().OfType<ParameterListSyntax>().FirstOrDefault()?.Parameters.Count ?? 0;
        if (parameters > Parameters)
        {
            return ("parameters", parameters);
        }

        if (node is not (BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax))
        {
            return (null, 0);
        }

        var lines = Lines(tree, node.ChildTokens().First().SpanStart, node.Span.End);
        var isTest = node is MethodDeclarationSyntax method && method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Fact" or "Theory");
        return isTest && Body(tree, node) > TestLines ? ("test-lines", Body(tree, node)) : lines > MethodLines ? ("method-lines", lines) : (null, 0);
    }

    /// <summary>Lines between the braces.</summary>
    private static int Body(SyntaxTree tree, SyntaxNode node) =>
        node.ChildNodes().OfType<BlockSyntax>().FirstOrDefault() is { } block ? Lines(tree, block.SpanStart, block.Span.End) - 2 : 1;

    private static int Lines(SyntaxTree tree, int start, int end)
    {
        var span = tree.GetLineSpan(Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(start, end));
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static string Name(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        LocalFunctionStatementSyntax function => function.Identifier.ValueText,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.ValueText,
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } => property.Identifier.ValueText,
        _ => node.Kind().ToString(),
    };
}
