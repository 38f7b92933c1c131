namespace Deskward.Platform;

/// <summary>
/// Marks every PC after a restore: what is known of it may be older than what is on it, so that it is read before anything is sent. One
/// statement that both engines take.
/// </summary>
internal static class RestoredMark
{
    internal const string Sql = "UPDATE desired_progress SET must_read_first = true; UPDATE devices_devices SET is_clean = false;";
}
