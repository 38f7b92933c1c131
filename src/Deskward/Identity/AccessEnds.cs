using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Microsoft.AspNetCore.Identity;

namespace Deskward.Identity;

/// <summary>What somebody lost.</summary>
public enum AccessLoss
{
    /// <summary>A role. The person still signs in.</summary>
    Role,

    /// <summary>Everything, until somebody enables the person again.</summary>
    Disabled,

    /// <summary>Everything: the person is being deleted, and is not there any more when the transaction commits.</summary>
    Deleted,
}

/// <summary>People of one organisation who lose access now.</summary>
/// <param name="TenantId">Their organisation, which is open.</param>
/// <param name="People">At least one.</param>
/// <param name="Loss">What they lose.</param>
public sealed record AccessEnd(Guid TenantId, IReadOnlyList<AccessEnd.Who> People, AccessLoss Loss)
{
    /// <summary>One of them.</summary>
    /// <param name="Id">The person.</param>
    /// <param name="Address">The name that stands in records of what the person did.</param>
    public readonly record struct Who(Guid Id, string Address);
}

/// <summary>
/// What a module ends when people lose access: what it gave them, and what they could still use because they know it. Runs in the transaction in
/// which they lose it, before it commits; what it changes is audited there. Registered as scoped services.
/// </summary>
public interface IAccessEnds
{
    /// <summary>Ends it, or says so in the context for the caller to save.</summary>
    Task EndAsync(AccessEnd ended, CancellationToken cancellationToken);
}

/// <summary>Ends all that somebody could still do, in the caller's transaction: sign-ins, answers under way, mail links, and what the modules above gave.</summary>
internal sealed class AccessKeeper(DeskwardContext db, UserManager<Person> users, NoticeBoard notices, IEnumerable<IAccessEnds> modules)
{
    /// <summary>The people are tracked; the caller saves and commits.</summary>
    internal async Task EndAsync(Guid tenant, IReadOnlyList<Person> people, AccessLoss loss, CancellationToken cancellationToken)
    {
        if (people.Count == 0)
        {
            return;
        }

        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("Access ends in the transaction of what ends it.");
        }

        foreach (var person in people)
        {
            // Every cookie names the stamp that held when it was made.
            person.SecurityStamp = users.GenerateNewAuthenticatorKey();
            person.ConcurrencyStamp = Guid.CreateVersion7().ToString();
            await notices.EndAccessAsync(person.Id, cancellationToken);
            db.Announce(new Change(LiveAnswers.AccessChange, tenant, person.Id));
        }

        var end = new AccessEnd(tenant, [.. people.Select(person => new AccessEnd.Who(person.Id, person.UserName ?? ""))], loss);
        foreach (var module in modules)
        {
            await module.EndAsync(end, cancellationToken);
        }
    }
}
