using System.Globalization;

namespace Deskward.Protocol.Scim;

/// <summary>Entity tags of resources (RFC 7644 section 3.14): weak ones, because one state can be written in several projections.</summary>
public static class ScimVersion
{
    /// <summary>The tag of a state, e.g. <c>W/"3"</c>.</summary>
    /// <param name="revision">Changes with each change of the resource.</param>
    public static string Of(long revision) => string.Create(CultureInfo.InvariantCulture, $"W/\"{revision}\"");

    /// <summary>Whether a condition (<c>If-Match</c>, <c>If-None-Match</c>, or <c>version</c> in a bulk operation) names this state; <c>*</c> names any.</summary>
    /// <param name="condition">One tag or a list, weak or strong; what is no tag names nothing.</param>
    /// <param name="version">Of the resource as it is.</param>
    public static bool Names(string condition, string version)
    {
        var opaque = Opaque(version);
        return condition.Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == "*" || (Opaque(tag) is { } other && other == opaque));
    }

    /// <summary>Weak comparison: without the mark (RFC 9110 section 8.8.3.2).</summary>
    private static string? Opaque(string tag) => (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag) is ['"', .. var inner, '"'] ? inner : null;
}
