using System.Linq.Expressions;
using Deskward.Identity.Membership;
using Deskward.Platform;
using Deskward.Protocol.Scim;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Directories;

/// <summary>Which attributes of users and groups the database can filter and sort by.</summary>
internal static class UserColumns
{
    internal static ScimSql<DirectoryUser> Of(DeskwardContext db) => new ScimSql<DirectoryUser>()
        .Id("id", row => row.PersonId)
        .Text("userName", row => row.NameKey, isFolded: true)
        .Text("externalId", row => row.ExternalId, isFolded: false)
        .Text("displayName", row => row.DisplayKey, isFolded: true)
        .Flag("active", row => row.IsActive)
        .Instant("meta.created", row => row.CreatedAt)
        .Instant("meta.lastModified", row => row.ChangedAt)
        .Several("emails.value", (comparison, value) => ScimSql<DirectoryMail>.TextTest(comparison, value.ToUpperInvariant()) is { } test ? WithMail(db, test) : null)
        .Several("groups.value", (comparison, value) => comparison == ScimOperator.Eq ? InGroup(db, ScimId.Read(value)) : null);

    internal static ScimSql<PersonGroup> OfGroups(DeskwardContext db) => new ScimSql<PersonGroup>()
        .Id("id", row => row.Id)
        .Text("displayName", row => row.NameKey, isFolded: true)
        .Text("externalId", row => row.ExternalId, isFolded: false)
        .Instant("meta.created", row => row.CreatedAt)
        .Instant("meta.lastModified", row => row.ChangedAt)
        .Several("members.value", (comparison, value) => comparison == ScimOperator.Eq ? WithMember(db, ScimId.Read(value)) : null);

    private static Expression<Func<DirectoryUser, bool>> WithMail(DeskwardContext db, Expression<Func<string?, bool>> test)
    {
        Expression<Func<DirectoryMail, string?>> key = mail => mail.Key;
        var people = db.Set<DirectoryMail>().Where(ScimSql<DirectoryMail>.With(key, test)).Select(mail => mail.PersonId);
        return row => people.Contains(row.PersonId);
    }

    private static Expression<Func<DirectoryUser, bool>> InGroup(DeskwardContext db, Guid? id)
    {
        var people = db.Set<PersonGroupMember>().Where(member => member.GroupId == id).Select(member => member.MemberId);
        return row => people.Contains(row.PersonId);
    }

    private static Expression<Func<PersonGroup, bool>> WithMember(DeskwardContext db, Guid? id)
    {
        var groups = db.Set<PersonGroupMember>().Where(member => member.MemberId == id).Select(member => member.GroupId);
        return row => groups.Contains(row.Id);
    }
}
