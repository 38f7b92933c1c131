using System.Security.Cryptography.X509Certificates;
using Deskward.Audit;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Enrollment;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Sessions;
using Deskward.Simulator;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Faults;

/// <summary>A customer of its own, with one person and virtual PCs, on a node that may be replaced by another on the same database.</summary>
internal sealed class FaultGround
{
    /// <summary>Keys of the virtual PCs: a PC of a test has the key of the PC with the same number of another test.</summary>
    private static readonly KeyStore Keys = new(make: RunKeys.Pcs.Next);
    private readonly Person _person;

    private FaultGround(TestService service, Organisation customer, Person person) => (Service, Customer, _person) = (service, customer, person);

    /// <summary>The node that is asked by the test, not by the PCs.</summary>
    internal TestService Service { get; set; }

    internal Organisation Customer { get; }

    internal static async Task<FaultGround> OnAsync(TestService service)
    {
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        return new FaultGround(service, customer, await service.AddPersonAsync(customer, "ada"));
    }

    /// <summary>A network with a short patience, which trusts the service alone.</summary>
    internal PcNetwork Network(Func<System.Net.DnsEndPoint, System.Net.EndPoint>? resolve = null, bool connectsForEachMessage = false) =>
        new(new X509Certificate2Collection(Service.TlsRoot))
        {
            KeepsConnections = true, LongestWait = TimeSpan.FromMilliseconds(50), Resolve = resolve, ConnectsForEachMessage = connectsForEachMessage,
        };

    /// <param name="number">Which PC: the same number is the same machine, with the same key.</param>
    /// <param name="network">How it reaches the service; null: directly.</param>
    /// <param name="time">Its clock; null: the node's.</param>
    internal async Task<VirtualPc> EnrolAsync(int number, PcNetwork? network = null, TimeProvider? time = null)
    {
        var code = Granted(await AsAsync<EnrolmentCodes, Outcome<NewEnrolmentCode>>(codes => codes.CreateAsync(_person, 1, TimeSpan.FromHours(1), CancellationToken.None)));
        var profile = new PcProfile { OsVersion = "10.0.26100.4061", Edition = 4 };
        var pc = VirtualPc.Create(700_000 + number, profile, network ?? Network(), Keys, time ?? Service.Time);
        var report = await pc.EnrolAsync(Service.DiscoveryUrl, _person.UserName!, code.Code);
        return report.Succeeded && report.Violations.Count == 0 ? pc : throw new InvalidOperationException(report.ToString());
    }

    /// <summary>Makes a policy set and assigns it to all PCs.</summary>
    internal async Task<Guid> AssignAsync(params (string Path, string Value)[] settings) =>
        Granted(await AssignAsync(Granted(await MakeAsync(settings)).Id, await AllPcsAsync(), Layer.Foundation)).Assignment.Id;

    internal Task<Outcome<PolicySetVersion>> MakeAsync(params (string Path, string Value)[] settings) =>
        AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.CreateAsync(Customer.Id, $"Set {Guid.CreateVersion7()}", "", Lines(settings), CancellationToken.None));

    internal Task<Outcome<AssignmentResult>> AssignAsync(Guid version, Guid group, Layer layer) =>
        AsAsync<Assignments, Outcome<AssignmentResult>>(assignments => assignments.AssignAsync(version, group, layer, CancellationToken.None));

    internal Task<Guid> AllPcsAsync() => QueryAsync(db => db.Set<Group>().Where(row => row.Kind == GroupKind.AllDevices).Select(row => row.Id).SingleAsync());

    internal Task<Device> DeviceAsync(VirtualPc pc) => QueryAsync(db => db.Set<Device>().AsNoTracking().SingleAsync(row => row.HardwareId == pc.Identity.DeviceId && row.State != DeviceState.Retired));

    /// <summary>Queues a restart; false when one waits already.</summary>
    internal async Task<bool> RestartAsync(VirtualPc pc)
    {
        var device = (await DeviceAsync(pc)).Id;
        return !(await AsAsync<CommandQueue, Outcome<DeviceCommand>>(queue => queue.RestartAsync(device, CancellationToken.None))).IsRefused;
    }

    internal Task<List<DeviceCommand>> CommandsAsync() => QueryAsync(db => db.Set<DeviceCommand>().AsNoTracking().OrderBy(row => row.CreatedAt).ToListAsync());

    /// <summary>How often the audit trail of the customer tells of this action.</summary>
    internal Task<int> AuditedAsync(string action) => QueryAsync(db => db.Set<AuditEntry>().CountAsync(row => row.Action == action));

    internal Task<T> AsAsync<TService, T>(Func<TService, Task<T>> work)
        where TService : notnull =>
        Service.InScopeAsync(provider => work(provider.GetRequiredService<TService>()), Customer.Id);

    internal Task<T> QueryAsync<T>(Func<DeskwardContext, Task<T>> query) => Service.QueryAsync(query, Customer.Id);

    internal static SettingLine[] Lines(IEnumerable<(string Path, string Value)> settings) =>
        [.. settings.Select((setting, at) => new SettingLine { Line = at + 1, Path = setting.Path, Value = setting.Value })];

    internal static T Granted<T>(Outcome<T> outcome) => outcome.IsRefused ? throw new InvalidOperationException(outcome.Refusal.Message) : outcome.Value;
}
