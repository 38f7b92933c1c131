using System.Text.Json;

namespace Deskward.Audit;

/// <summary>What an erasure row says of one entry.</summary>
/// <param name="Id">Of the entry.</param>
/// <param name="Digest">What the content's digest was, in lower-case hexadecimal.</param>
internal sealed record ErasedEntry(Guid Id, string Digest);

/// <summary>The content of an erasure row: what it says became of the entries it names.</summary>
/// <param name="Reason">Why, as whoever erased it wrote.</param>
/// <param name="Entries">What was erased.</param>
internal sealed record ErasureContent(string Reason, IReadOnlyList<ErasedEntry> Entries);

/// <summary>
/// Holds blanked rows against the erasure rows, which come later in the chain. A row counts as erased when an erasure row names it with the digest that its link
/// holds; a row that was blanked without one is a changed row.
/// </summary>
internal sealed class ErasureRows
{
    private readonly Dictionary<Guid, ChainRow> _blanked = [];
    private readonly Dictionary<Guid, string> _named = [];

    /// <summary>Blanked rows that an erasure row names.</summary>
    internal long Erased => _blanked.Values.LongCount(IsNamed);

    /// <summary>The first row that was blanked and that no erasure row names.</summary>
    internal ChainRow? FirstUnnamed => _blanked.Values.Where(row => !IsNamed(row)).MinBy(row => row.Sequence);

    internal void AddBlanked(ChainRow row) => _blanked.TryAdd(row.Id, row);

    /// <summary>Takes what an entry says, when it is an erasure row.</summary>
    internal void Read(string action, string? after)
    {
        if (action != ChainFormat.EraseAction || after is null)
        {
            return;
        }

        try
        {
            foreach (var entry in JsonSerializer.Deserialize<ErasureContent>(after, JsonSerializerOptions.Web)?.Entries ?? [])
            {
                _named.TryAdd(entry.Id, entry.Digest);
            }
        }
        catch (JsonException)
        {
            // Somebody else's words: they name nothing, and what they should name shows as changed.
        }
    }

    private bool IsNamed(ChainRow row) => _named.TryGetValue(row.Id, out var digest) && digest == Convert.ToHexStringLower(row.Digest);
}
