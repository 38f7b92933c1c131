namespace Deskward.Platform.Backups;

/// <summary>
/// Marks every PC after a restore: what is known of it may be older than what is on it, so that it is read before anything is sent; and
/// mail that waited, because it may have left since. Statements that both engines take.
/// </summary>
internal static class RestoredMark
{
    internal const string Sql = "UPDATE desired_progress SET must_read_first = true; UPDATE devices_devices SET is_clean = false; UPDATE notices_mails SET is_doubtful = true WHERE state = 'Waiting';";
}
