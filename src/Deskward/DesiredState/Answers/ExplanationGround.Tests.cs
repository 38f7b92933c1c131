using Deskward.Audit;
using Deskward.Devices;
using Deskward.Groups;
using Deskward.Groups.Dynamic;
using Deskward.Groups.Rings;
using Deskward.Groups.Service;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.DesiredState.Answers;

/// <summary>What tests of explanations ask of a fleet.</summary>
internal static class ExplanationGround
{
    internal const string Mail = "./Vendor/MSFT/DMClient/Provider/Deskward/HelpEmailAddress";
    internal const string Phone = "./Vendor/MSFT/DMClient/Provider/Deskward/HelpPhoneNumber";

    extension(Fleet fleet)
    {
        internal Task<Device> RowAsync(Guid device) => fleet.QueryAsync(db => db.Set<Device>().AsNoTracking().SingleAsync(row => row.Id == device));

        internal async Task<SettingExplanation> ExplainAsync(Guid device, string path)
        {
            var row = await fleet.RowAsync(device);
            return await fleet.AsAsync<PcExplanations, SettingExplanation>(all => all.OneAsync(row, path, CancellationToken.None));
        }

        internal async Task<List<SettingExplanation>> ExplainAllAsync(Guid device)
        {
            var row = await fleet.RowAsync(device);
            return await fleet.AsAsync<PcExplanations, List<SettingExplanation>>(all => all.AllAsync(row, CancellationToken.None));
        }

        internal async Task<string> JsonAsync(Guid device) =>
            new Policies.ExplainReport(new Policies.FoundPc(await fleet.RowAsync(device), new NamedOrganisation(fleet.Tenant, "Contoso")), await fleet.ExplainAllAsync(device)).ToJson();

        /// <summary>Does something as a person of that name.</summary>
        internal Task<T> ByAsync<TService, T>(string person, Func<TService, Task<T>> work)
            where TService : notnull => fleet.Service.InScopeAsync(
                provider =>
                {
                    provider.GetRequiredService<AuditTrail>().Actor = new Actor(ActorKind.Person, Guid.CreateVersion7(), person);
                    return work(provider.GetRequiredService<TService>());
                },
                fleet.Tenant);

        internal async Task<PolicySetVersion> AddLinesAsync(params SettingLine[] lines) =>
            Fleet.Granted(await fleet.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.CreateAsync(fleet.Tenant, $"Set {Guid.CreateVersion7()}", "", lines, CancellationToken.None)));

        /// <summary>A setting for all PCs, one for the ring Broad, one for the profile Standard, one for the PCs of a rule that Rita made.</summary>
        internal async Task AssignToAllKindsAsync(string rule)
        {
            var ruled = Fleet.Granted(await fleet.ByAsync<DynamicGroups, Outcome<Group>>("rita", groups => groups.CreateAsync(fleet.Tenant, "By rule", rule, CancellationToken.None)));
            await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
            await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Cortana, "0")), ServiceGroups.IdOf(fleet.Tenant, Ring.Broad));
            await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Pin, "8")), ServiceGroups.IdOf(fleet.Tenant, DeviceProfile.Standard), Layer.Profile);
            await fleet.AssignAsync(await fleet.AddPolicyAsync((Sessions.SessionBench.Pua, "1")), ruled.Id, Layer.Customer);
        }

        /// <summary>Why the PC is in the groups of <see cref="AssignToAllKindsAsync"/>.</summary>
        internal async Task<List<string>> JoinedAsync(Guid device)
        {
            var told = (await fleet.ExplainAllAsync(device)).ToDictionary(one => one.Path, one => one.Holds!.Joined!);
            return [told[Fleet.Camera].Action, .. new[] { Fleet.Cortana, Fleet.Pin, Sessions.SessionBench.Pua }.Select(path => $"{told[path].Action} by {told[path].By}")];
        }
    }
}
