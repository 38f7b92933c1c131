namespace Deskward.Protocol.Csp;

/// <summary>Finds a child by its name without case: one hash table over (parent, name) for the whole tree, built in about a millisecond.</summary>
internal sealed class NodeIndex
{
    private readonly CatalogueNode[] _nodes;
    private readonly int[] _slots;
    private readonly int[] _dynamicChild;

    public NodeIndex(CatalogueNode[] nodes)
    {
        _nodes = nodes;
        _slots = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)nodes.Length * 2)];
        _dynamicChild = new int[nodes.Length];
        for (var at = 1; at < nodes.Length; at++)
        {
            var node = nodes[at];
            var slot = SlotOf(node.Parent!.Index, node.Name);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }
            _slots[slot] = at;
            if (node.IsDynamic)
            {
                _dynamicChild[node.Parent.Index] = at;
            }
        }
    }

    public CatalogueNode Root => _nodes[0];

    /// <summary>The child of exactly that name; null when there is none.</summary>
    public CatalogueNode? Child(CatalogueNode parent, ReadOnlySpan<char> name)
    {
        for (var slot = SlotOf(parent.Index, name); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            var node = _nodes[_slots[slot]];
            if (node.Parent == parent && name.Equals(node.Name, StringComparison.OrdinalIgnoreCase))
            {
                return node;
            }
        }
        return null;
    }

    /// <summary>The child that takes any name; null when there is none.</summary>
    public CatalogueNode? DynamicChild(CatalogueNode parent) => _dynamicChild[parent.Index] == 0 ? null : _nodes[_dynamicChild[parent.Index]];

    private int SlotOf(int parent, ReadOnlySpan<char> name) =>
        (string.GetHashCode(name, StringComparison.OrdinalIgnoreCase) ^ (parent * 0x61C88647)) & (_slots.Length - 1);
}
