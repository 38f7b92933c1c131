using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Responsibilities;

/// <summary>The rights of people as a page shows them: their roles, and the grants that hold now.</summary>
public sealed class PeopleRights(DeskwardContext db, RightsExplanation explanation, OrganisationList organisations, IEnumerable<GrantsOf> grants)
{
    private const int MostPeople = 500;

    /// <summary>Who the person is to the service. Somebody who is disabled has no rights and is not asked about.</summary>
    internal async Task<Member> MemberAsync(Person person, CancellationToken cancellationToken)
    {
        var isProvider = await IsProviderAsync(person.TenantId, cancellationToken);
        List<GrantedRole> held = [];
        foreach (var source in isProvider ? grants : [])
        {
            held.AddRange(await source(db, person.Id, cancellationToken));
        }

        return new Member(person.Id, person.TenantId, isProvider, person.IsEnabled ? isProvider ? person.Roles : person.Roles.With(RoleSet.Of(Role.EndUser)) : RoleSet.None, person.IsEnabled ? held : []);
    }

    /// <summary>The people of the open organisations who hold a role, by name; everybody else has what every user has.</summary>
    internal async Task<IReadOnlyList<(Person Person, Member Member)>> WithRolesAsync(CancellationToken cancellationToken)
    {
        var people = await db.Set<Person>().AsNoTracking().Where(row => row.IsEnabled && db.Set<RoleAssignment>().Any(assignment => assignment.PersonId == row.Id))
            .OrderBy(row => row.DisplayName).Take(MostPeople).ToListAsync(cancellationToken);
        List<(Person, Member)> members = [];
        foreach (var person in people)
        {
            members.Add((person, await MemberAsync(person, cancellationToken)));
        }

        return members;
    }

    /// <summary>Why; without what is not so at any customer because each contract demands a grant.</summary>
    internal IReadOnlyList<RightsReason> Of(Member member, string duty, DutyAction action) => member.Roles.IsEmpty && member.Grants.Count == 0 ? [] : explanation.Of(member, duty, action);

    private async Task<bool> IsProviderAsync(Guid organisation, CancellationToken cancellationToken) =>
        (await organisations.AllAsync(cancellationToken)).Any(row => row.Id == organisation && row.Kind == OrganisationKind.Provider);
}
