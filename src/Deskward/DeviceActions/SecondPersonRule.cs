namespace Deskward.DeviceActions;

/// <summary>
/// When one person's word is not enough: an action on more PCs of one customer than the larger of ten and five per cent of them, or on PCs of two
/// customers. What the same person did within the hour counts, so that many small actions are no way round it.
/// </summary>
internal static class SecondPersonRule
{
    internal static readonly TimeSpan Within = TimeSpan.FromHours(1);

    /// <summary>How many of a customer's PCs one person may act on.</summary>
    /// <param name="pcs">All PCs that the customer has under management.</param>
    /// <param name="count">So many always, by the contract.</param>
    /// <param name="percent">And such a share of all.</param>
    internal static int LimitOf(int pcs, int count, int percent) => Math.Max(count, (int)((long)pcs * percent / 100));

    /// <param name="touched">PCs of the customer: those wanted now, and those acted on within the hour, each once.</param>
    /// <param name="limit">How many one person may act on.</param>
    /// <param name="customers">Of how many customers PCs are wanted now.</param>
    internal static bool IsNeeded(int touched, int limit, int customers) => customers > 1 || touched > limit;
}
