using Deskward.Identity;
using Deskward.Identity.Membership;
using Deskward.Platform;
using Deskward.Protocol.Scim;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Directories;

/// <summary>The members of a group as they are sent and told.</summary>
internal static class GroupMembers
{
    internal const string Name = "members";

    /// <summary>Whether the answer holds them: a large group's cost more than all else of it.</summary>
    internal static bool AreWanted(ScimQuery query) => query.Attributes.Count > 0
        ? query.Attributes.Any(name => ScimPath.Find(ScimSchemas.Group.Root, name) is { } path && path.Steps[0].Name == Name)
        : !query.ExcludedAttributes.Any(name => ScimPath.Find(ScimSchemas.Group.Root, name) is { Steps: [{ Name: Name }] });

    /// <summary>The members that a resource names, and whether each is a group.</summary>
    /// <exception cref="ScimException"><c>invalidValue</c> when one is nobody of the organisation whom its directory owns, or is not of the type it says, or is the group itself.</exception>
    internal static async Task<IReadOnlyDictionary<Guid, bool>> ResolveAsync(DeskwardContext db, ScimResource group, Guid self, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, bool>();
        foreach (var batch in group.Items(Name).Chunk(1000))
        {
            var ids = batch.Select(item => ScimId.Read(item.Text("value")) ?? throw Unknown(item)).ToArray();
            var people = await db.Set<DirectoryUser>().Where(row => ids.Contains(row.PersonId)).Select(row => row.PersonId).ToHashSetAsync(cancellationToken);
            var groups = people.Count == ids.Length ? [] : await db.Set<PersonGroup>().Where(row => row.IsFromDirectory && ids.Contains(row.Id)).Select(row => row.Id).ToHashSetAsync(cancellationToken);
            foreach (var (item, id) in batch.Zip(ids))
            {
                var isGroup = !people.Contains(id);
                if (id == self || (isGroup && !groups.Contains(id)) || (item.Text("type") is { } type && !type.Equals(isGroup ? "Group" : "User", StringComparison.OrdinalIgnoreCase)))
                {
                    throw Unknown(item);
                }

                found[id] = isGroup;
            }
        }

        return found;
    }

    private static ScimException Unknown(ScimComplex item)
    {
        var value = item.Text("value") ?? "";
        return new ScimException(ScimErrorType.InvalidValue, $"members: there is nobody '{(value.Length > 80 ? value[..80] : value)}' who could be a member.");
    }
}

/// <summary>Groups to the resources that a client is told.</summary>
internal sealed class GroupReader(DeskwardContext db, ScimBase service)
{
    private static readonly ScimAttribute Members = ScimSchemas.Group.Root.Find(GroupMembers.Name)!;

    internal async Task<IReadOnlyList<ScimResource>> ReadAsync(IReadOnlyList<PersonGroup> rows, bool hasMembers, CancellationToken cancellationToken)
    {
        var ids = rows.Select(row => row.Id).ToArray();
        var members = (hasMembers && ids.Length > 0 ? await MembersAsync(ids, cancellationToken) : []).ToLookup(one => one.Group);
        return [.. rows.Select(row => Read(row, members[row.Id]))];
    }

    private ScimResource Read(PersonGroup row, IEnumerable<Member> members)
    {
        var items = members.Select(member => (ScimValue)ScimComplex.Of(
            Members, ("value", ScimScalar.Of(ScimId.Write(member.Id))), ("$ref", ScimScalar.Of(service.Location(member.IsGroup ? ScimSchemas.Group : ScimSchemas.User, member.Id))),
            ("display", ScimScalar.Of(member.Name)), ("type", ScimScalar.Of(member.IsGroup ? "Group" : "User")))).ToList();
        return ScimResource.Of(ScimSchemas.Group, ScimComplex.Empty)
            .WithId(ScimId.Write(row.Id))
            .With("externalId", row.ExternalId is { } external ? ScimScalar.Of(external) : null)
            .With("displayName", ScimScalar.Of(row.Name))
            .With(GroupMembers.Name, items.Count == 0 ? null : new ScimList(items))
            .WithMeta(new ScimMeta(row.CreatedAt, row.ChangedAt, service.Location(ScimSchemas.Group, row.Id), ScimVersion.Of(row.Version)));
    }

    private async Task<List<Member>> MembersAsync(Guid[] groups, CancellationToken cancellationToken)
    {
        var rows = db.Set<PersonGroupMember>().Where(member => groups.Contains(member.GroupId));
        var people = await rows.Where(member => !member.IsGroup).OrderBy(member => member.MemberId)
            .Join(db.Set<Person>(), member => member.MemberId, person => person.Id, (member, person) => new Member(member.GroupId, member.MemberId, false, person.DisplayName))
            .ToListAsync(cancellationToken);
        people.AddRange(await rows.Where(member => member.IsGroup).OrderBy(member => member.MemberId)
            .Join(db.Set<PersonGroup>(), member => member.MemberId, group => group.Id, (member, group) => new Member(member.GroupId, member.MemberId, true, group.Name))
            .ToListAsync(cancellationToken));
        return people;
    }

    private sealed record Member(Guid Group, Guid Id, bool IsGroup, string Name);
}
