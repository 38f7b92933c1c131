using System.Globalization;

namespace Deskward.Platform.Backups;

/// <summary>What ended in one organisation because it was restored.</summary>
/// <param name="Sessions">Browsers that were signed in.</param>
/// <param name="Grants">Whose access of the provider, and as what.</param>
/// <param name="MailLinks">Invitations and other links in mails.</param>
/// <param name="EnrolmentCodes">Codes that could still be used.</param>
internal sealed record EndedByRestore(int Sessions, IReadOnlyList<string> Grants, int MailLinks, int EnrolmentCodes);

/// <summary>One organisation of a restored database.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ended">What ended.</param>
/// <param name="StandsAgain">What gives access and stands as of the backup, a line each.</param>
internal sealed record RestoredOrganisation(string Name, EndedByRestore Ended, IReadOnlyList<string> StandsAgain);

/// <summary>What an operator must know after a restore.</summary>
internal sealed record RestoredReport(DateTimeOffset BackupAt, IReadOnlyList<RestoredOrganisation> Organisations)
{
    /// <summary>As it is shown on the console.</summary>
    internal IEnumerable<string> Lines()
    {
        yield return "Ended, because it may have been ended since the backup; whoever still needs it asks or signs in again:";
        foreach (var (name, ended, _) in Organisations)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"  {name}: sessions {ended.Sessions}, grants {ended.Grants.Count}, links in mails {ended.MailLinks}, enrolment codes {ended.EnrolmentCodes}");
        }

        yield return $"These stand as of the backup of {Minute(BackupAt)}; compare them with what you know, and take away what was taken away since:";
        foreach (var (name, _, again) in Organisations.Where(row => row.StandsAgain.Count > 0))
        {
            yield return $"  {name}";
            foreach (var line in again)
            {
                yield return $"    {line}";
            }
        }
    }

    internal static string Minute(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}

/// <summary>
/// Ends, with a restore, what was short-lived: whether it had ended after the backup was made is not known any more, and making it anew costs little. What lasts,
/// the tokens of directories and the roles of people, cannot be ended without locking everybody out: it is told, for somebody to look at.
/// </summary>
internal static class RestoredAccess
{
    private const string EndGrants = """
        UPDATE grants_requests SET state = 'Ended', ending = 'Restore', ended_at = $1, version = version + 1
        WHERE tenant_id = $2 AND state = 'Approved' AND until > $1 RETURNING person_address, role
        """;

    private const string EndLinks = "UPDATE notices_links SET revoked_at = $1 WHERE organisation_id = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $1";

    private const string EndCodes = "UPDATE enrollment_codes SET revoked_at = $1, version = version + 1 WHERE tenant_id = $2 AND revoked_at IS NULL AND expires_at > $1 AND used < uses";

    private const string Tokens = """
        SELECT name, created_by, created_at, expires_at FROM directories_tokens WHERE tenant_id = $2 AND revoked_at IS NULL AND expires_at > $1 ORDER BY created_at
        """;

    private const string Roles = """
        SELECT p.user_name, a.role, g.name FROM identity_role_assignments a JOIN identity_people p ON p.id = a.person_id LEFT JOIN identity_groups g ON g.id = a.group_id
        WHERE a.tenant_id = $1 AND p.is_enabled ORDER BY p.user_name, a.role, g.name
        """;

    internal static async Task<EndedByRestore> EndAsync(PlainSql sql, Guid tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        object[] nowAndTenant = [sql.Instant(now), tenant];
        var sessions = await sql.RunAsync("DELETE FROM identity_sessions WHERE tenant_id = $1", [tenant], cancellationToken);
        var grants = await sql.ReadAsync(EndGrants, nowAndTenant, row => $"{row.GetString(0)}: {row.GetString(1)}", cancellationToken);
        var links = await sql.RunAsync(EndLinks, nowAndTenant, cancellationToken);
        return new EndedByRestore(sessions, grants, links, await sql.RunAsync(EndCodes, nowAndTenant, cancellationToken));
    }

    /// <summary>Tokens and roles, each person on one line.</summary>
    internal static async Task<IReadOnlyList<string>> StandsAgainAsync(PlainSql sql, Guid tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tokens = await sql.ReadAsync(Tokens, [sql.Instant(now), tenant], row =>
            $"directory token \"{row.GetString(0)}\", made by {row.GetString(1)} on {RestoredReport.Minute(sql.InstantOf(row, 2))}, good until {RestoredReport.Minute(sql.InstantOf(row, 3))}", cancellationToken);
        var roles = await sql.ReadAsync(Roles, [tenant], row => (Address: row.GetString(0), Role: row.GetString(1) + (row.IsDBNull(2) ? "" : $" (group \"{row.GetString(2)}\")")), cancellationToken);
        return [.. tokens, .. roles.GroupBy(row => row.Address).Select(of => $"{of.Key}: {string.Join(", ", of.Select(row => row.Role))}")];
    }
}
