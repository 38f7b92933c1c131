using Xunit;

namespace Deskward.Protocol.Tests;

/// <summary>
/// Reference files that lie beside the repository (<c>../shared</c>) and are not part of it. A test that needs them is skipped where they
/// are absent.
/// </summary>
internal static class SharedFiles
{
    /// <summary>The bytes of one file, e.g. <c>reference/captures/manifest.json</c>.</summary>
    public static byte[] Bytes(string path) => File.ReadAllBytes(Find(path));

    /// <summary>Names of the files in a folder, ordered; the test is skipped when the folder is absent.</summary>
    public static IReadOnlyList<string> Names(string folder) =>
        [.. Directory.GetFiles(Find(folder)).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    /// <summary>The full path of a file or folder below <c>../shared</c>; the test is skipped when it is absent.</summary>
    public static string Find(string path)
    {
        var full = Path.Combine(Root() ?? "", "..", "shared", path);
        Assert.SkipUnless(File.Exists(full) || Directory.Exists(full), $"../shared/{path} is not beside the repository");
        return full;
    }

    /// <summary>The root of this repository; null when the tests run elsewhere.</summary>
    internal static string? Root()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Deskward.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }
        return folder;
    }
}
