namespace Deskward.Guards;

/// <summary>A committed list of exceptions: one entry a line, <c>#</c> starts a remark.</summary>
internal static class AllowList
{
    internal static IReadOnlyList<string> Read(string name) =>
        [.. File.ReadLines(Path.Combine(Sources.Root, "tests", "Deskward.Tests", "Guards", name)).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0)];
}
