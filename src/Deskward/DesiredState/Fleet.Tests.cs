using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.DesiredState;

/// <summary>A customer with PCs and policies, for tests of what is desired.</summary>
internal sealed class Fleet(TestService service, Guid tenant)
{
    internal const string Camera = "./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera";
    internal const string Cortana = "./Device/Vendor/MSFT/Policy/Config/Experience/AllowCortana";
    internal const string Pin = "./Device/Vendor/MSFT/Policy/Config/DeviceLock/MinDevicePasswordLength";

    internal TestService Service => service;

    internal Guid Tenant => tenant;

    internal static async Task<Fleet> NewAsync(Services services, Engine engine)
    {
        var service = await services.SharedAsync(engine);
        return new Fleet(service, (await service.AddCustomerAsync()).Id);
    }

    internal static SettingLine[] Lines(params (string Path, string Value)[] settings) =>
        [.. settings.Select((setting, at) => new SettingLine { Line = at + 1, Path = setting.Path, Value = setting.Value })];

    internal Task<T> AsAsync<TService, T>(Func<TService, Task<T>> work)
        where TService : notnull =>
        service.InScopeAsync(provider => work(provider.GetRequiredService<TService>()), tenant);

    internal Task<T> QueryAsync<T>(Func<DeskwardContext, Task<T>> query) => service.QueryAsync(query, tenant);

    internal static T Granted<T>(Outcome<T> outcome) => outcome.IsRefused ? throw new InvalidOperationException(outcome.Refusal.Message) : outcome.Value;

    internal Task<Guid[]> AddDevicesAsync(int count) => QueryAsync(async db =>
    {
        var devices = Enumerable.Range(0, count).Select(at => new Device
        {
            TenantId = tenant, HardwareId = Guid.CreateVersion7().ToString("n"), Name = $"PC-{at}", EnrolledAt = service.Time.Now(), PersonId = Guid.CreateVersion7(),
        }).ToArray();
        foreach (var device in devices)
        {
            device.RefreshSearch();
            await new SetInterning(db).ArriveAsync(device, CancellationToken.None);
        }

        db.AddRange(devices);
        await db.SaveChangesAsync();
        return devices.Select(device => device.Id).ToArray();
    });

    internal async Task<PolicySetVersion> AddPolicyAsync(params (string Path, string Value)[] settings) =>
        Granted(await AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.CreateAsync(tenant, $"Set {Guid.CreateVersion7()}", "", Lines(settings), CancellationToken.None)));

    internal async Task<Group> AddGroupAsync(params Guid[] members)
    {
        var group = Granted(await AsAsync<GroupMembership, Outcome<Group>>(groups => groups.CreateAsync(tenant, $"Group {Guid.CreateVersion7()}", CancellationToken.None)));
        return members.Length == 0 ? group : Granted(await AsAsync<GroupMembership, Outcome<Group>>(groups => groups.AddAsync(group.Id, members, CancellationToken.None)));
    }

    internal Task<Guid> AllDevicesAsync() => QueryAsync(db => db.Set<Group>().Where(group => group.Kind == GroupKind.AllDevices).Select(group => group.Id).SingleAsync());

    internal async Task<AssignmentResult> AssignAsync(PolicySetVersion version, Guid group, Layer layer = Layer.Foundation) =>
        Granted(await AsAsync<Assignments, Outcome<AssignmentResult>>(assignments => assignments.AssignAsync(version.Id, group, layer, CancellationToken.None)));

    internal Task<Guid?> SetOfAsync(Guid device) => QueryAsync(db => db.Set<Device>().Where(row => row.Id == device).Select(row => row.AssignmentSetId).SingleAsync());

    internal Task<TargetDocument> DocumentOfAsync(Guid device) => QueryAsync(async db =>
    {
        var set = await db.Set<Device>().Where(row => row.Id == device).Select(row => row.AssignmentSetId).SingleAsync();
        return await service.Provider.GetRequiredService<DocumentStore>().CurrentAsync(db, tenant, set, CancellationToken.None);
    });

    /// <summary>Path and value of what a PC should show.</summary>
    internal async Task<(string Path, string Value)[]> WantedOfAsync(Guid device) => [.. (await DocumentOfAsync(device)).Settings.Select(setting => (setting.Path, setting.Value))];
}
