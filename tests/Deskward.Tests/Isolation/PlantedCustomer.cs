using System.Security.Cryptography.X509Certificates;
using Deskward.Audit;
using Deskward.Contacts;
using Deskward.DesiredState;
using Deskward.DesiredState.Plans;
using Deskward.DeviceActions;
using Deskward.Directories;
using Deskward.Enrollment;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Groups.Dynamic;
using Deskward.Identity;
using Deskward.Identity.Membership;
using Deskward.Identity.Passwords;
using Deskward.Notices;
using Deskward.Organisations;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Policies.Compliance;
using Deskward.Policies.Exceptions;
using Deskward.Policies.Files;
using Deskward.Policies.Repairs;
using Deskward.Registration;
using Deskward.Responsibilities;
using Deskward.Simulator;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Fleet = Deskward.DesiredState.Fleet;

namespace Deskward.Isolation;

/// <summary>What the id in a route is the id of.</summary>
internal enum RowKind
{
    AccessRequest,
    AssignmentSet,
    Contact,
    Delegation,
    DeletionProof,
    Device,
    DirectoryGroup,
    DirectoryUser,
    FigureProposal,
    Group,
    Organisation,
    Person,
    PersonGroup,
    Plan,
    PolicyException,
    PolicyImport,
    PolicySet,
    ProtectiveAction,
    Registration,
    Run,
    SecurityContact,
}

/// <summary>A customer with rows of every kind there is, whose texts all hold its mark. The PC and the directory's people come in through their own doors.</summary>
internal sealed class PlantedCustomer
{
    private static readonly KeyStore s_keys = new(make: RunKeys.Pcs.Next);
    private static long s_seed = 70_000;
    private readonly TestService _service;
    private readonly Fleet _fleet;
    private readonly Person _engineer;

    private PlantedCustomer(TestService service, DirectoryGround directory, Person engineer) =>
        (_service, Directory, _engineer, Mark, _fleet) = (service, directory, engineer, Mark.Of(directory.Customer.Domain), new Fleet(service, directory.Customer.Id));

    internal DirectoryGround Directory { get; }

    internal Organisation Organisation => Directory.Customer;

    internal Guid Id => Directory.Customer.Id;

    internal Mark Mark { get; }

    /// <summary>Of each kind, the row that was planted last.</summary>
    internal Dictionary<RowKind, Guid> Rows { get; } = [];

    /// <param name="service">The node.</param>
    /// <param name="engineer">Who of the provider has asked for access.</param>
    internal static async Task<PlantedCustomer> OnAsync(TestService service, Person engineer)
    {
        var customer = new PlantedCustomer(service, await DirectoryGround.OnAsync(service), engineer);
        await customer.PlantAsync();
        return customer;
    }

    /// <summary>Adds rows of every kind; again and again, if asked.</summary>
    internal async Task PlantAsync()
    {
        Rows[RowKind.Organisation] = Id;
        Rows[RowKind.DirectoryUser] = await Directory.AddUserAsync($"{Mark.Personal}-{Tail()}", $$""","externalId":"{{Mark.Personal}}-{{Tail()}}" """);
        Rows[RowKind.DirectoryGroup] = await Directory.AddGroupAsync($"{Mark.Personal}-{Tail()}", Rows[RowKind.DirectoryUser]);
        var person = await InvitedAsync();
        Rows[RowKind.Device] = await EnrolledAsync(person);
        await AddRowsAsync(person);
        await ImportAsync();
        await TellAsync(person);
        await AgreeAsync();
        await _service.InScopeAsync(async provider => { await provider.GetRequiredService<FleetCounts>().RecordAsync(Id, CancellationToken.None); return Id; }, Id); // As the upkeep would at some moment.
        await PlantedTexts.WriteAsync(_service, this);
        await AsAsync<ComplianceRun, int>(run => run.EvaluateAsync(Id, null, CancellationToken.None));
        await AsAsync<DriftConflicts, int>(conflicts => conflicts.FollowAsync(Id, CancellationToken.None));
        await AsAsync<Reevaluation, int>(all => all.RunDueAsync(Id, CancellationToken.None)); // Or the service would, in the middle of a test.
    }

    internal static string Tail() => Guid.CreateVersion7().ToString("n")[^8..];

    private string Text() => $"{Mark.Personal}-{Tail()}";

    private async Task<Person> InvitedAsync()
    {
        var person = await _service.AddPersonAsync(Organisation, Text(), Role.ServiceReader);
        Rows[RowKind.Person] = person.Id;
        await _service.InScopeAsync(async provider =>
        {
            var stored = await provider.GetRequiredService<DeskwardContext>().Set<Person>().SingleAsync(row => row.Id == person.Id);
            stored.PasswordHash = null;
            Assert.Null(await provider.GetRequiredService<AccountLinks>().InviteAsync(stored, Text(), CancellationToken.None));
            return true;
        }, Id);
        return person;
    }

    /// <summary>A PC that enrols with a code, has policies, and reports over the wire.</summary>
    private async Task<Guid> EnrolledAsync(Person person)
    {
        await _fleet.QueryAsync(db => db.Set<EnrolmentChoice>().ExecuteUpdateAsync(set => set.SetProperty(row => row.IsBySignIn, false)));
        var version = Granted(await AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.CreateAsync(Id, Text(), Text(), Fleet.Lines((Fleet.Camera, "0")), CancellationToken.None)));
        Rows[RowKind.PolicySet] = version.PolicySetId;
        var code = Granted(await AsAsync<EnrolmentCodes, Outcome<NewEnrolmentCode>>(codes => codes.CreateAsync(person, 1, TimeSpan.FromHours(1), CancellationToken.None)));
        var network = new PcNetwork(new X509Certificate2Collection(_service.TlsRoot)) { KeepsConnections = true, LongestWait = TimeSpan.FromMilliseconds(50) };
        var profile = new PcProfile { Name = Mark.Standing, Model = $"{Mark.Standing} model", SerialNumber = $"{Mark.Standing}{Tail()}", Manufacturer = $"{Mark.Standing} maker" };
        var pc = VirtualPc.Create(Interlocked.Increment(ref s_seed), profile, network, s_keys, time: _service.Time);
        var report = await pc.EnrolAsync(_service.DiscoveryUrl, person.UserName!, code.Code);
        Assert.True(report.Succeeded, report.Reason);
        Granted(await AsAsync<Assignments, Outcome<AssignmentResult>>(async assignments => await assignments.AssignAsync(version.Id, await _fleet.AllDevicesAsync(), Layer.Foundation, CancellationToken.None)));
        await pc.SyncAsync();
        var device = await _fleet.QueryAsync(db => db.Set<Devices.Device>().OrderByDescending(row => row.Id).Select(row => row.Id).FirstAsync());
        Rows[RowKind.AssignmentSet] = (await _fleet.QueryAsync(db => db.Set<Devices.Device>().Where(row => row.Id == device).Select(row => row.AssignmentSetId).SingleAsync()))!.Value;
        Rows[RowKind.Plan] = await _fleet.QueryAsync(db => db.Set<CarriedOutPlan>().OrderByDescending(row => row.Number).Select(row => row.Id).FirstAsync());
        Rows[RowKind.Group] = (await _fleet.AddGroupAsync(device)).Id;
        return device;
    }

    /// <summary>What has a page of its own, and waits for somebody.</summary>
    private Task<bool> AddRowsAsync(Person person) => _service.QueryAsync(async db =>
    {
        var (now, stranger) = (_service.Time.Now(), Guid.CreateVersion7());
        var contact = new Contact { TenantId = Id, Area = ContactArea.Devices, Language = "en", WorkingDays = 62 };
        var security = new Contact { TenantId = Id, Area = ContactArea.Security, Language = "en", WorkingDays = 62 };
        var group = new PersonGroup { TenantId = Id, CreatedAt = now }.Named(Text());
        var delegation = new Delegation { TenantId = Id, Duty = "C9.printers", From = DateOnly.FromDateTime(now.UtcDateTime).AddDays(30), ProposedAt = now };
        var request = new AccessRequest { TenantId = Id, PersonId = _engineer.Id, Role = Role.OperationsEngineer, Hours = 2, RequestedAt = now };
        var run = new DeviceActionRun { TenantId = Id, AskedById = stranger, AskedAt = now, Total = 1, NeedsSecondPerson = true };
        var deed = new ProtectiveAction { TenantId = Id, Duty = "P4.isolation", Action = DutyAction.Act, PersonId = stranger, At = now, ReviewDueAt = now.AddDays(2) };
        var proposal = new FigureProposal { TenantId = Id, Key = "access.grant", From = delegation.From, ProposedAt = now };
        var registered = new RegisteredPc { TenantId = Id, SerialKey = Tail(), State = RegistrationState.ReadyForUser, RegisteredAt = now };
        var proof = new DeletionProof { TenantId = Id, Organisation = stranger, ApprovedAt = now, BegunAt = now, DeletedAt = now };
        var exception = new ExceptionRequest { TenantId = Id, Number = await db.Set<ExceptionRequest>().CountAsync() + 1, GroupId = Rows[RowKind.Group], WantedUntil = delegation.From, AskedAt = now };
        db.AddRange(exception, contact, security, group, delegation, request, run, deed, proposal, proof, registered);
        db.Add(new PersonGroupMember { TenantId = Id, GroupId = group.Id, MemberId = person.Id });
        db.Add(new DeviceActionTarget { TenantId = Id, RunId = run.Id, DeviceId = Rows[RowKind.Device] });
        if (!await db.Set<CheckpointAddress>().AnyAsync())
        {
            db.Add(new CheckpointAddress { TenantId = Id, Language = "en" });
            db.Add(new EnrolmentChoice { TenantId = Id });
            db.Add(new ComplianceRuleSet { TenantId = Id, Number = 1, Rules = ComplianceRules.Write([new ComplianceRule(ComplianceRules.Build, 14, "10.0.99999")]), CreatedAt = now });
        }

        await db.SaveChangesAsync();
        await db.Set<EnrolmentChoice>().ExecuteUpdateAsync(set => set.SetProperty(row => row.IsBySignIn, true));
        (Rows[RowKind.Contact], Rows[RowKind.SecurityContact], Rows[RowKind.PersonGroup], Rows[RowKind.Delegation]) = (contact.Id, security.Id, group.Id, delegation.Id);
        Rows[RowKind.PolicyException] = exception.Id;
        (Rows[RowKind.AccessRequest], Rows[RowKind.Run], Rows[RowKind.ProtectiveAction]) = (request.Id, run.Id, deed.Id);
        (Rows[RowKind.FigureProposal], Rows[RowKind.DeletionProof], Rows[RowKind.Registration]) = (proposal.Id, proof.Id, registered.Id);
        return true;
    }, Id);

    /// <summary>A template, and a policy of which a part waits for another.</summary>
    private async Task ImportAsync()
    {
        const string Template = "<policyDefinitions><policies><policy name=\"A\" class=\"Both\"/></policies></policyDefinitions>";
        var policy = $$"""{"name":"{{Text()}}","platforms":"windows10","settings":[{"settingDefinitionId":"device_vendor_msft_policy_config_{{Mark.Personal.ToLowerInvariant()}}~policy~a_b","choiceSettingValue":{"value":"x_1"} }]}""";
        foreach (var (name, text) in new[] { (Text() + ".admx", Template), (Text() + ".json", policy) })
        {
            var file = new ImportFile(name, System.Text.Encoding.UTF8.GetBytes(text));
            Rows[RowKind.PolicyImport] = Granted(await AsAsync<PolicyImports, Outcome<ImportedFile>>(imports => imports.ImportAsync(Id, file, CancellationToken.None))).Policies[0].Import;
        }
    }

    /// <summary>Mail, a message in the portal, and a line of the audit trail with texts in each of its parts.</summary>
    private Task<int> TellAsync(Person person) => _service.InScopeAsync(async provider =>
    {
        var audit = provider.GetRequiredService<AuditTrail>();
        audit.Actor = new Actor(ActorKind.Person, person.Id, person.UserName!);
        audit.Record(Id, "person.change", person.Id, Text(), before: new { Name = Text() }, after: new { Name = Text() });
        var values = new Dictionary<string, NoticeValue> { ["name"] = Text(), ["at"] = _service.Time.GetUtcNow() };
        await provider.GetRequiredService<NoticeBoard>().SendAsync(new Notice(NoticesModule.Test, Id) { To = [person.AsRecipient()], Values = values }, CancellationToken.None);
        return await provider.GetRequiredService<DeskwardContext>().SaveChangesAsync();
    }, Id);

    private async Task AgreeAsync()
    {
        var today = (await AsAsync<Contracts, CustomerCalendar>(contracts => contracts.CalendarAsync(Id, CancellationToken.None))).DayOf(_service.Time.Now()); // Planted again, it is Berlin's.
        Assert.Null(await AsAsync<Contracts, Refusal?>(contracts => contracts.SetFigureAsync(Id, "response.a", 2, today, CancellationToken.None)));
        Assert.Null(await AsAsync<Contracts, Refusal?>(contracts => contracts.SetCalendarAsync(Id, "Europe/Berlin", 62, today, CancellationToken.None)));
        await AsAsync<Contracts, Refusal?>(contracts => contracts.SetHolidayAsync(Id, today.AddDays(40), Text(), CancellationToken.None));
    }

    private Task<T> AsAsync<TService, T>(Func<TService, Task<T>> work)
        where TService : notnull => _fleet.AsAsync(work);

    private static T Granted<T>(Outcome<T> outcome) => Fleet.Granted(outcome);
}
