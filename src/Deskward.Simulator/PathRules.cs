namespace Deskward.Simulator;

/// <summary>What a LocURI must look like (MS-MDM 2.2.4; OMA-DM tree: names are neither empty nor a wildcard).</summary>
internal static class PathRules
{
    /// <summary>What is wrong with it; null: nothing.</summary>
    public static string? Fault(string path) =>
        path.Length == 0 ? "LocURI is empty"
        : path.Trim().Length != path.Length || path.AsSpan().ContainsAny('\r', '\n', '\t') ? "LocURI with white space around"
        : path.StartsWith('/') ? "LocURI starts with /"
        : path != "." && !path.StartsWith("./", StringComparison.Ordinal) ? "LocURI is not relative to the root"
        : path.AsSpan().ContainsAny(' ', '{', '}') ? "LocURI with characters that must be percent-encoded"
        : path.EndsWith('/') || path.Contains("//", StringComparison.Ordinal) ? "LocURI with an empty name"
        : path.Split('/').Contains("*", StringComparer.Ordinal) ? "LocURI with a wildcard"
        : null;
}
