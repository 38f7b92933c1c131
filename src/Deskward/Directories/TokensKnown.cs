using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Directories;

/// <summary>
/// Somebody who made tokens of a directory is an owner no more, and knows them. They are the organisation's and go on, because ending them would end the
/// directory's work; the owners who stay are told to make another one at once.
/// </summary>
internal sealed class TokensKnown(DeskwardContext db, NoticeBoard board, TimeProvider time) : IAccessEnds
{
    internal static readonly NoticeKind Kind = new("directories.token-known") { Importance = NoticeImportance.High, IsSecurity = true };
    private static readonly Role[] Owners = [Role.ProviderOwner, Role.CustomerOwner];

    public async Task EndAsync(AccessEnd ended, CancellationToken cancellationToken)
    {
        var leavers = ended.Loss == AccessLoss.Role ? await FormerOwnersAsync(ended, cancellationToken) : ended.People;
        var (addresses, ids, now) = (leavers.Select(one => one.Address).ToArray(), leavers.Select(one => one.Id).ToArray(), time.Now());
        var tokens = await db.Set<DirectoryToken>().AsNoTracking()
            .Where(row => row.TenantId == ended.TenantId && row.RevokedAt == null && row.ExpiresAt > now && addresses.Contains(row.CreatedBy)).ToListAsync(cancellationToken);
        if (tokens.Count == 0)
        {
            return;
        }

        var owners = (await db.HoldersAsync(ended.TenantId, Owners, cancellationToken)).Where(owner => !ids.Contains(owner.Id)).Select(owner => owner.AsRecipient()).ToList();
        foreach (var token in tokens)
        {
            await board.SendAsync(
                new Notice(Kind, ended.TenantId) { To = owners, Link = NoticeLink.Page("/directory"), Values = new Dictionary<string, NoticeValue> { ["who"] = token.CreatedBy, ["token"] = token.Name } },
                cancellationToken);
        }
    }

    /// <summary>Of those who lost a role, those who are no owners any more: what is tracked knows it already.</summary>
    private async Task<IReadOnlyList<AccessEnd.Who>> FormerOwnersAsync(AccessEnd ended, CancellationToken cancellationToken)
    {
        var ids = ended.People.Select(one => one.Id).ToArray();
        var people = await db.Set<Person>().Where(row => ids.Contains(row.Id)).ToListAsync(cancellationToken);
        var still = people.Where(person => person.Roles.Overlaps(RoleSet.Of(Owners))).Select(person => person.Id).ToHashSet();
        return [.. ended.People.Where(one => !still.Contains(one.Id))];
    }
}
