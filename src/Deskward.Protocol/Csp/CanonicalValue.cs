namespace Deskward.Protocol.Csp;

/// <summary>Compares values as Windows reports them.</summary>
public static class CanonicalValue
{
    /// <summary>Whether a reported value means what was wanted. Never throws.</summary>
    /// <param name="node">Facts of the node; null when it is not in the catalogue (then only equal text is the same).</param>
    /// <param name="wanted">The canonical value that was sent; null when nothing was.</param>
    /// <param name="reported">What the PC answered; null when it has none.</param>
    public static bool Same(CatalogueNode? node, string? wanted, string? reported) => throw new NotSupportedException();
}
