namespace Deskward.Protocol.Csp;

/// <summary>One DDF v2 file.</summary>
/// <param name="Name">File name, for messages.</param>
/// <param name="Content">Its bytes.</param>
public sealed record DdfFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>Makes the compact catalogue from DDF files and the hand-written additions. The same input gives the same bytes.</summary>
public static class CatalogueCompiler
{
    /// <exception cref="ProtocolException">A file is no DDF; the message names it.</exception>
    public static byte[] Compile(IEnumerable<DdfFile> files) => throw new NotSupportedException();
}
