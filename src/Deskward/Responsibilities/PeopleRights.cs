using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Responsibilities;

/// <summary>The rights of people as a page shows them: their roles, and the grants that hold now.</summary>
public sealed class PeopleRights(DeskwardContext db, RightsExplanation explanation, OrganisationList organisations, GrantsOf grants)
{
    private const int MostPeople = 500;

    /// <summary>Who the person is to the service. Somebody who is disabled has no rights and is not asked about.</summary>
    internal async Task<Member> MemberAsync(Person person, CancellationToken cancellationToken) => (await MembersAsync([person], cancellationToken))[0];

    /// <summary>The people of the open organisations who hold a role, by name; everybody else has what every user has.</summary>
    internal async Task<IReadOnlyList<(Person Person, Member Member)>> WithRolesAsync(CancellationToken cancellationToken)
    {
        var people = await db.Set<Person>().AsNoTracking().Where(row => row.IsEnabled && db.Set<RoleAssignment>().Any(assignment => assignment.PersonId == row.Id))
            .OrderBy(row => row.DisplayName).Take(MostPeople).ToListAsync(cancellationToken);
        return [.. people.Zip(await MembersAsync(people, cancellationToken))];
    }

    /// <summary>Why; without what is not so at any customer because each contract demands a grant.</summary>
    internal IReadOnlyList<RightsReason> Of(Member member, string duty, DutyAction action) => member.Roles.IsEmpty && member.Grants.Count == 0 ? [] : explanation.Of(member, duty, action);

    private async Task<List<Member>> MembersAsync(IReadOnlyList<Person> people, CancellationToken cancellationToken)
    {
        var provider = (await organisations.AllAsync(cancellationToken)).Where(row => row.Kind == OrganisationKind.Provider).Select(row => row.Id).ToHashSet();
        var held = await grants(db, [.. people.Where(person => person.IsEnabled && provider.Contains(person.TenantId)).Select(person => person.Id)], cancellationToken);
        return [.. people.Select(person => new Member(person.Id, person.TenantId, provider.Contains(person.TenantId), RolesOf(person, provider.Contains(person.TenantId)), [.. held[person.Id]]))];
    }

    private static RoleSet RolesOf(Person person, bool isProvider) =>
        !person.IsEnabled ? RoleSet.None : isProvider ? person.Roles : person.Roles.With(RoleSet.Of(Role.EndUser));
}
