using Deskward.Audit;
using Deskward.Contacts;
using Deskward.Grants;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Demo;

/// <summary>What a newcomer finds on the pages of contacts and access: made once, by the people of the demo, and left alone where there is anything already.</summary>
internal sealed class DemoExamples(IServiceProvider services)
{
    private static readonly HoursDraft Hours = new(0b0111110, "08:00", "17:00");

    /// <summary>Contoso names somebody for all areas but updates and confirms most of them; Fabrikam has begun.</summary>
    private static readonly (string Domain, ContactArea Area, string Account, string Name, bool IsConfirmed)[] Named =
    [
        (DemoCast.ContosoDomain, ContactArea.AppPackaging, "paula", "Paula Reyes", false),
        (DemoCast.ContosoDomain, ContactArea.Devices, "alice", "Alice Ciccu", true),
        (DemoCast.ContosoDomain, ContactArea.Security, "selim", "Selim Aydin", true),
        (DemoCast.ContosoDomain, ContactArea.HelpDesk, "helpdesk", "Contoso help desk", true),
        (DemoCast.ContosoDomain, ContactArea.HelpDesk, "henrik", "Henrik Dahl", true),
        (DemoCast.ContosoDomain, ContactArea.Other, "olivia", "Olivia Brandt", false),
        (DemoCast.FabrikamDomain, ContactArea.Devices, "it", "Fabrikam IT", true),
        (DemoCast.FabrikamDomain, ContactArea.Security, "it", "Fabrikam IT", false),
    ];

    internal async Task ContactsAsync(Organisation customer, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(customer.Id);
        var (db, book) = (scope.ServiceProvider.GetRequiredService<DeskwardContext>(), scope.ServiceProvider.GetRequiredService<ContactBook>());
        var wanted = Named.Where(one => one.Domain == customer.Domain).ToList();
        if (wanted.Count == 0 || await db.Set<Contact>().AnyAsync(cancellationToken) || (await db.HoldersAsync(customer.Id, [Role.CustomerOwner], cancellationToken)).FirstOrDefault() is not { } owner)
        {
            return;
        }

        scope.ServiceProvider.GetRequiredService<AuditTrail>().Actor = AsActor(owner);
        foreach (var one in wanted)
        {
            Must(await book.AddAsync(customer.Id, one.Area, new ContactDraft(one.Name, $"{one.Account}@{customer.Domain}", "", Language.English.Code, Hours), cancellationToken));
        }

        foreach (var area in wanted.Where(one => one.IsConfirmed).Select(one => one.Area).Distinct())
        {
            Must(await book.ConfirmAsync(customer.Id, area, cancellationToken));
        }
    }

    /// <summary>Ed had access to Contoso, which Alice approved and he ended; Sam asks for access to Fabrikam, and nobody has answered yet.</summary>
    internal async Task AccessAsync(Organisation provider, Organisation contoso, Organisation fabrikam, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open([provider.Id, contoso.Id, fabrikam.Id]);
        var (db, desk, audit) = (scope.ServiceProvider.GetRequiredService<DeskwardContext>(), scope.ServiceProvider.GetRequiredService<AccessDesk>(), scope.ServiceProvider.GetRequiredService<AuditTrail>());
        var people = await db.Set<Person>().AsNoTracking().Where(person => person.Roles != RoleSet.None && person.NormalizedUserName != null).ToDictionaryAsync(person => person.UserName!, cancellationToken);
        if (await db.Set<AccessRequest>().AnyAsync(cancellationToken) || !people.TryGetValue($"ed@{provider.Domain}", out var ed)
            || !people.TryGetValue($"sam@{provider.Domain}", out var sam) || !people.TryGetValue($"alice@{contoso.Domain}", out var alice))
        {
            return;
        }

        audit.Actor = AsActor(ed);
        var past = Must(await desk.AskAsync(AsMember(ed, true), ed.DisplayName, ed.UserName!, new AccessWish(contoso.Id, Role.OperationsEngineer, "Find out why some PCs refuse a setting.", 2), cancellationToken));
        audit.Actor = AsActor(alice);
        Must(await desk.AnswerAsync(AsMember(alice, false), alice.UserName!, past, true, cancellationToken));
        db.Add(new RecordedUse
        {
            TenantId = contoso.Id, PersonId = ed.Id, PersonAddress = ed.UserName!, Duty = "P1.policies", Action = DutyAction.Read, Level = AccessLevel.Full, Path = "/devices",
            Minute = past.RequestedAt.AddTicks(-(past.RequestedAt.Ticks % TimeSpan.TicksPerMinute)), LastAt = past.RequestedAt, Times = 1,
        });
        await db.SaveChangesAsync(cancellationToken);
        audit.Actor = AsActor(ed);
        Must(await desk.EndAsync(AsMember(ed, true), ed.UserName!, past, cancellationToken));
        audit.Actor = AsActor(sam);
        Must(await desk.AskAsync(AsMember(sam, true), sam.DisplayName, sam.UserName!, new AccessWish(fabrikam.Id, Role.SocAnalyst, "Follow up on a sign-in from two countries.", 4), cancellationToken));
    }

    private static Actor AsActor(Person person) => new(ActorKind.Person, person.Id, person.UserName!);

    private static Member AsMember(Person person, bool isProvider) => new(person.Id, person.TenantId, isProvider, person.Roles, []);

    private static T Must<T>(Outcome<T> outcome) => outcome.IsRefused ? throw new InvalidDataException(outcome.Refusal.Message) : outcome.Value;

    private static void Must(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw new InvalidDataException(refusal.Message);
        }
    }
}
