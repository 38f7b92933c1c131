using System.Text;
using Deskward.Audit;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Policies.Files;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Demo;

/// <summary>What a newcomer finds on the page of imports: a policy that the customer's administrator brought along, of which one setting waits for its template.</summary>
internal static class DemoImports
{
    private const string FileName = "Warehouse tablets.json";
    private const string Camera = "device_vendor_msft_policy_config_camera_allowcamera";
    private const string Bluetooth = "device_vendor_msft_policy_config_bluetooth_allowdiscoverablemode";
    private const string Scanner = "device_vendor_msft_policy_config_scanstationv2~policy~scanning_startwithwindows";

    private const string File = $$"""
        {"@odata.type":"#microsoft.graph.deviceManagementConfigurationPolicy","id":"7a1f0c52-5f0e-4c57-9f0b-6d0d4be50101","name":"Warehouse tablets","description":"Brought along from the former management.",
        "platforms":"windows10","technologies":"mdm","settings":[
        {"settingInstance":{"settingDefinitionId":"{{Camera}}","choiceSettingValue":{"value":"{{Camera}}_0","children":[]} } },
        {"settingInstance":{"settingDefinitionId":"{{Bluetooth}}","choiceSettingValue":{"value":"{{Bluetooth}}_0","children":[]} } },
        {"settingInstance":{"settingDefinitionId":"{{Scanner}}","choiceSettingValue":{"value":"{{Scanner}}_1","children":[]} } }]}
        """;

    internal static async Task MakeAsync(IServiceProvider services, Guid customer, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider;
        provider.GetRequiredService<TenantScope>().Open(customer);
        var db = provider.GetRequiredService<DeskwardContext>();
        if (await db.Set<PolicyImport>().AnyAsync(cancellationToken) || (await db.HoldersAsync(customer, [Role.ItAdministrator], cancellationToken)).FirstOrDefault() is not { } administrator)
        {
            return;
        }

        provider.GetRequiredService<AuditTrail>().Actor = new Actor(ActorKind.Person, administrator.Id, administrator.UserName!);
        var imported = await provider.GetRequiredService<PolicyImports>().ImportAsync(customer, new ImportFile(FileName, Encoding.ASCII.GetBytes(File)), cancellationToken);
        if (imported.IsRefused)
        {
            throw new InvalidDataException(imported.Refusal.Message);
        }
    }
}
