using System.Security.Cryptography.X509Certificates;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Enrollment;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Policies.Profiles;
using Deskward.Simulator;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Sessions;

/// <summary>A customer of its own on a running service, with virtual PCs that enrol and speak over HTTPS.</summary>
internal sealed class ManagedPcs
{
    private static readonly KeyStore s_keys = new(make: RunKeys.Pcs.Next);
    private static long s_seed = 1000;
    private readonly Person _person;

    private ManagedPcs(TestService service, Organisation customer, Person person) => (Service, Customer, _person) = (service, customer, person);

    internal TestService Service { get; }

    internal Organisation Customer { get; }

    /// <summary>Who enrols the PCs.</summary>
    internal Person Person => _person;

    internal static async Task<ManagedPcs> NewAsync(Services services, Engine engine) => await NewAsync(await services.SharedAsync(engine));

    internal static async Task<ManagedPcs> NewAsync(TestService service)
    {
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        return new ManagedPcs(service, customer, await service.AddPersonAsync(customer, "ada"));
    }

    /// <summary>The same customer on another node, or on a restored database.</summary>
    internal ManagedPcs On(TestService service) => new(service, Customer, _person);

    internal async Task<VirtualPc> EnrolAsync(PcProfile? profile = null)
    {
        var code = await AsAsync<EnrolmentCodes, Outcome<NewEnrolmentCode>>(codes => codes.CreateAsync(_person, 1, TimeSpan.FromHours(1), CancellationToken.None));
        var pc = VirtualPc.Create(Interlocked.Increment(ref s_seed), profile, new PcNetwork(new X509Certificate2Collection(Service.TlsRoot)) { KeepsConnections = true, LongestWait = TimeSpan.FromMilliseconds(50) }, s_keys, time: Service.Time);
        var report = await pc.EnrolAsync(Service.DiscoveryUrl, _person.UserName!, code.Value!.Code);
        return report.Succeeded ? pc : throw new InvalidOperationException(report.Reason);
    }

    internal async Task<Guid> AssignAsync(params (string Path, string Value)[] settings)
    {
        var lines = settings.Select((setting, at) => new SettingLine { Line = at + 1, Path = setting.Path, Value = setting.Value }).ToArray();
        var version = Granted(await AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.CreateAsync(Customer.Id, $"Set {Guid.CreateVersion7()}", "", lines, CancellationToken.None)));
        var group = await QueryAsync(db => db.Set<Group>().Where(row => row.Kind == GroupKind.AllDevices).Select(row => row.Id).SingleAsync());
        return Granted(await AsAsync<Assignments, Outcome<AssignmentResult>>(assignments => assignments.AssignAsync(version.Id, group, Layer.Foundation, CancellationToken.None))).Assignment.Id;
    }

    /// <summary>What a customer gets when it comes: the baseline, and each profile on its group.</summary>
    internal Task GiveShippedAsync() => Service.InScopeAsync(async provider => await ShippedPolicies.ReadyAsync(provider, Customer, CancellationToken.None) is { } refusal ? throw new InvalidOperationException(refusal.Message) : true, Customer.Id);

    /// <summary>The PC's certificate with its key, to speak in its place.</summary>
    internal static X509Certificate2 IdentityOf(VirtualPc pc)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(pc.Certificate!.Value.Span);
        using var key = s_keys.Get(pc.State.Enrolment!.KeyName);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Tells the nodes that the PC's rows were changed behind their backs.</summary>
    internal async Task ForgetAsync(VirtualPc pc)
    {
        var device = await DeviceAsync(pc);
        await QueryAsync(async db =>
        {
            db.Announce(new Change("device", device.TenantId, device.Id));
            return await db.SaveChangesAsync();
        });
    }

    internal Task<Device> DeviceAsync(VirtualPc pc) => QueryAsync(db => db.Set<Device>().SingleAsync(row => row.HardwareId == pc.Identity.DeviceId && row.State != DeviceState.Retired));

    internal Task<T> AsAsync<TService, T>(Func<TService, Task<T>> work)
        where TService : notnull =>
        Service.InScopeAsync(provider => work(provider.GetRequiredService<TService>()), Customer.Id);

    internal Task<T> QueryAsync<T>(Func<DeskwardContext, Task<T>> query) => Service.QueryAsync(query, Customer.Id);

    internal static T Granted<T>(Outcome<T> outcome) => outcome.IsRefused ? throw new InvalidOperationException(outcome.Refusal.Message) : outcome.Value;
}
