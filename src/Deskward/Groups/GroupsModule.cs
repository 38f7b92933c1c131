using Deskward.Devices;
using Deskward.Platform;
using Deskward.Tenants;

namespace Deskward.Groups;

internal static class GroupsModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<GroupMembership>();
        services.AddSingleton<DeviceArrived>(GroupMembership.ArriveAsync);
        services.AddSingleton<OrganisationAdded>((db, organisation, _) =>
        {
            GroupMembership.AddAllDevices(db, organisation.Id);
            return Task.CompletedTask;
        });
    }
}
