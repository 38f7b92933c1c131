using Deskward.Identity;
using Deskward.Identity.Membership;
using Deskward.Platform;
using Deskward.Protocol.Scim;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Directories;

/// <summary>Rows to the resources that a client is told: the document, and what is kept elsewhere.</summary>
internal sealed class UserReader(DeskwardContext db, ScimBase service)
{
    private static readonly ScimAttribute Groups = ScimSchemas.User.Root.Find("groups")!;

    internal Task<IReadOnlyList<ScimResource>> ReadAsync(IReadOnlyList<DirectoryUser> rows, CancellationToken cancellationToken) => ReadAsync(rows, hasGroups: true, cancellationToken);

    /// <param name="rows">In the order of the answer.</param>
    /// <param name="hasGroups">False: nobody can have put them into a group yet.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<IReadOnlyList<ScimResource>> ReadAsync(IReadOnlyList<DirectoryUser> rows, bool hasGroups, CancellationToken cancellationToken)
    {
        var people = rows.Select(row => row.PersonId).ToArray();
        var groups = (hasGroups && people.Length > 0 ? await GroupsAsync(people, cancellationToken) : []).ToLookup(one => one.Person);
        return [.. rows.Select(row => Read(row, groups[row.PersonId]))];
    }

    /// <summary>What the audit tells of a person that a directory owns.</summary>
    internal static object Told(Person person, IReadOnlyList<string>? changed = null) => changed is null
        ? new { person.DisplayName, Address = person.UserName, Mail = person.Email, person.IsEnabled }
        : new { person.DisplayName, Address = person.UserName, Mail = person.Email, person.IsEnabled, Attributes = changed };

    /// <summary>The attributes that differ, by name: their values are the directory's to keep.</summary>
    internal static IReadOnlyList<string> Changed(ScimResource before, ScimResource after) =>
        [.. before.Type.Root.SubAttributes.Where(attribute => !Equals(before.Values.Get(attribute), after.Values.Get(attribute))).Select(attribute => attribute.Name)];

    private ScimResource Read(DirectoryUser row, IEnumerable<Membership> memberships)
    {
        var groups = memberships.Select(group => (ScimValue)ScimComplex.Of(
            Groups, ("value", ScimScalar.Of(ScimId.Write(group.Id))), ("$ref", ScimScalar.Of(service.Location(ScimSchemas.Group, group.Id))),
            ("display", ScimScalar.Of(group.Name)), ("type", ScimScalar.Of("direct")))).ToList();
        return ScimResource.FromStored(ScimSchemas.User, row.Document)
            .WithId(ScimId.Write(row.PersonId))
            .With("groups", groups.Count == 0 ? null : new ScimList(groups))
            .WithMeta(new ScimMeta(row.CreatedAt, row.ChangedAt, service.Location(ScimSchemas.User, row.PersonId), ScimVersion.Of(row.Version)));
    }

    private Task<List<Membership>> GroupsAsync(Guid[] people, CancellationToken cancellationToken) => db.Set<PersonGroupMember>().Where(member => people.Contains(member.MemberId))
        .Join(db.Set<PersonGroup>().Where(group => group.IsFromDirectory), member => member.GroupId, group => group.Id, (member, group) => new { member.MemberId, group.Id, group.Name })
        .OrderBy(one => one.Name).ThenBy(one => one.Id).Select(one => new Membership(one.MemberId, one.Id, one.Name)).ToListAsync(cancellationToken);

    private sealed record Membership(Guid Person, Guid Id, string Name);
}
