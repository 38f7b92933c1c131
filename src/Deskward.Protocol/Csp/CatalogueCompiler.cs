namespace Deskward.Protocol.Csp;

/// <summary>One DDF v2 file.</summary>
/// <param name="Name">File name, for messages.</param>
/// <param name="Content">Its bytes.</param>
public sealed record DdfFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>
/// Makes the compact catalogue from DDF files and the hand-written additions (<c>additions.txt</c>, for CSPs that the bundle lacks).
/// Only facts go in, no descriptions. The same input gives the same bytes, in whatever order the files come.
/// </summary>
public static class CatalogueCompiler
{
    /// <returns>The bytes of <c>catalogue.bin</c>.</returns>
    /// <exception cref="ProtocolException">A file is no DDF; the message names it.</exception>
    public static byte[] Compile(IEnumerable<DdfFile> files)
    {
        using var additions = new StreamReader(typeof(CatalogueCompiler).Assembly.GetManifestResourceStream("Deskward.Protocol.Csp.additions.txt")!);
        return Compile(files, additions);
    }

    internal static byte[] Compile(IEnumerable<DdfFile> files, TextReader additions)
    {
        var root = new TreeNode(null, ".");
        foreach (var file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            DdfReader.Read(file, root);
        }
        Additions.Read(additions, root);
        root.Inherit();
        return CatalogueWriter.Write(root);
    }
}
