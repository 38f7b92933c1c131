using Deskward.Audit;
using Deskward.Identity;
using Deskward.Identity.Membership;
using Deskward.Platform;
using Deskward.Protocol.Scim;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Directories;

/// <summary>Groups over SCIM: those that the directory made. Their people get the roles that the owner has bound to them; people of groups in them do not.</summary>
internal sealed class ScimGroups(DeskwardContext db, ScimBase service, PeopleLife life, AuditTrail audit, TimeProvider time, IEnumerable<ServiceOwnedGroup> owned) : IScimStore
{
    private const int MostInAudit = 100;
    private readonly GroupReader _reader = new(db, service);

    public ScimResourceType Type => ScimSchemas.Group;

    public async Task<ScimResource> FindAsync(string id, ScimQuery query, CancellationToken cancellationToken) =>
        await ReadAsync(await RowAsync(id, cancellationToken), query, cancellationToken);

    public async Task<ScimResource> CreateAsync(ScimResource sent, ScimQuery query, CancellationToken cancellationToken)
    {
        ScimValidation.Check(sent);
        await using var transaction = await life.BeginAsync(service.Tenant, cancellationToken);
        var now = time.Now();
        var row = new PersonGroup { TenantId = service.Tenant, IsFromDirectory = true, CreatedAt = now, ChangedAt = now, Version = 1 };
        Fill(row, sent);
        await RefuseOwnedAsync(null, row.Name, cancellationToken);
        var members = await GroupMembers.ResolveAsync(db, sent, row.Id, cancellationToken);
        db.Add(row);
        db.AddRange(members.Select(member => Member(row, member)));
        audit.Record(row.TenantId, "personGroup.add", row.Id, row.Name, after: new { row.Name, People = members.Count });
        await SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return await ReadAsync(row, query, cancellationToken);
    }

    /// <summary>1. the group as it is now, which nobody else changes meanwhile; 2. what it becomes; 3. who comes and leaves; 4. their roles; 5. saved.</summary>
    public async Task<ScimResource> ChangeAsync(string id, Action<string> condition, Func<ScimResource, ScimOutcome> change, ScimQuery query, CancellationToken cancellationToken)
    {
        await using var transaction = await life.BeginAsync(service.Tenant, cancellationToken);
        var row = await OwnRowAsync(id, cancellationToken); // 1
        condition(ScimVersion.Of(row.Version));
        var outcome = change((await _reader.ReadAsync([row], hasMembers: true, cancellationToken))[0]); // 2
        if (!outcome.Changed)
        {
            return outcome.Resource;
        }

        var before = new { row.Name, row.ExternalId };
        Fill(row, outcome.Resource);
        await RefuseOwnedAsync(null, row.Name == before.Name ? null : row.Name, cancellationToken);
        (row.ChangedAt, row.Version) = (time.Now(), row.Version + 1);
        var wanted = await GroupMembers.ResolveAsync(db, outcome.Resource, row.Id, cancellationToken); // 3
        var present = await db.Set<PersonGroupMember>().AsNoTracking().Where(member => member.GroupId == row.Id).ToDictionaryAsync(member => member.MemberId, member => member.IsGroup, cancellationToken);
        var come = wanted.Where(member => !present.ContainsKey(member.Key)).ToList();
        var leave = present.Where(member => !wanted.ContainsKey(member.Key)).ToList();
        db.AddRange(come.Select(member => Member(row, member)));
        await RemoveAsync(row.Id, leave.ConvertAll(member => member.Key), cancellationToken);
        if (await life.MoveAsync(row, People(come), People(leave), cancellationToken) is { } refusal) // 4
        {
            throw ScimBase.Refused(refusal);
        }

        audit.Record(row.TenantId, "personGroup.change", row.Id, row.Name, before, new { row.Name, row.ExternalId, JoinedCount = come.Count, Joined = Told(come), LeftCount = leave.Count, Left = Told(leave) });
        await SaveAsync(cancellationToken); // 5
        await transaction.CommitAsync(cancellationToken);
        return await ReadAsync(row, query, cancellationToken);
    }

    public async Task DeleteAsync(string id, Action<string> condition, CancellationToken cancellationToken)
    {
        await using var transaction = await life.BeginAsync(service.Tenant, cancellationToken);
        var row = await OwnRowAsync(id, cancellationToken);
        condition(ScimVersion.Of(row.Version));
        var people = await db.Set<PersonGroupMember>().Where(member => member.GroupId == row.Id && !member.IsGroup).Select(member => member.MemberId).ToArrayAsync(cancellationToken);
        if (await life.MoveAsync(row, [], people, cancellationToken) is { } refusal)
        {
            throw ScimBase.Refused(refusal);
        }

        await db.Set<PersonGroupMember>().Where(member => member.GroupId == row.Id || member.MemberId == row.Id).ExecuteDeleteAsync(cancellationToken);
        db.Remove(row);
        audit.Record(row.TenantId, "personGroup.delete", row.Id, row.Name, before: new { row.Name, People = people.Length });
        await SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public Task<ScimPage> ListAsync(ScimQuery query, ScimFilter? filter, int skip, int take, CancellationToken cancellationToken)
    {
        var hasMembers = GroupMembers.AreWanted(query) || $"{query.Filter} {query.SortBy}".Contains(GroupMembers.Name, StringComparison.OrdinalIgnoreCase);
        return new ScimSearch<PersonGroup>(
            db.Set<PersonGroup>().AsNoTracking().Where(row => row.IsFromDirectory), UserColumns.OfGroups(db), row => row.Id,
            (rows, cancellation) => _reader.ReadAsync(rows, hasMembers, cancellation)).RunAsync(filter, query.SortOf(Type), skip, take, cancellationToken);
    }

    /// <summary>The group, to be changed; one that the service owns is no group of people, and whoever would change it is told the right way.</summary>
    private async Task<PersonGroup> OwnRowAsync(string id, CancellationToken cancellationToken)
    {
        await RefuseOwnedAsync(ScimId.Read(id), null, cancellationToken);
        return await RowAsync(id, cancellationToken);
    }

    private async Task RefuseOwnedAsync(Guid? id, string? name, CancellationToken cancellationToken)
    {
        foreach (var rule in id is null && name is null ? [] : owned)
        {
            if (await rule(db, service.Tenant, id, name, cancellationToken) is { } refusal)
            {
                throw new ScimException(new ScimError(403, null, refusal.Message));
            }
        }
    }

    private async Task<PersonGroup> RowAsync(string id, CancellationToken cancellationToken)
    {
        var group = ScimId.Read(id) ?? throw ScimBase.NotFound(Type);
        return await db.Set<PersonGroup>().SingleOrDefaultAsync(row => row.Id == group && row.IsFromDirectory, cancellationToken) ?? throw ScimBase.NotFound(Type);
    }

    private async Task<ScimResource> ReadAsync(PersonGroup row, ScimQuery query, CancellationToken cancellationToken) =>
        (await _reader.ReadAsync([row], GroupMembers.AreWanted(query), cancellationToken))[0];

    private static void Fill(PersonGroup row, ScimResource resource)
    {
        row.Named(ScimBase.Fit("displayName", resource.Text("displayName"), PersonGroup.LongestName)!);
        row.ExternalId = ScimBase.Fit("externalId", resource.ExternalId, PersonGroup.LongestName);
    }

    private static PersonGroupMember Member(PersonGroup row, KeyValuePair<Guid, bool> member) =>
        new() { GroupId = row.Id, TenantId = row.TenantId, MemberId = member.Key, IsGroup = member.Value };

    private static List<Guid> People(IEnumerable<KeyValuePair<Guid, bool>> members) => [.. members.Where(member => !member.Value).Select(member => member.Key)];

    private static IEnumerable<Guid> Told(List<KeyValuePair<Guid, bool>> members) => members.Take(MostInAudit).Select(member => member.Key);

    private async Task RemoveAsync(Guid group, List<Guid> members, CancellationToken cancellationToken)
    {
        foreach (var batch in members.Chunk(1000))
        {
            await db.Set<PersonGroupMember>().Where(member => member.GroupId == group && batch.Contains(member.MemberId)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (DuplicateRow.Is(exception))
        {
            throw new ScimException(ScimErrorType.Uniqueness, "There is a group with this displayName already.");
        }
    }
}
