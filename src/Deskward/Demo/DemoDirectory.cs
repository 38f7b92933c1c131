using System.Text;
using Deskward.Audit;
using Deskward.Directories;
using Deskward.Platform;
using Deskward.Protocol.Scim;
using Deskward.Tenants;

namespace Deskward.Demo;

/// <summary>The directories of the demo's customers: a token each, and two people of Contoso who come over SCIM.</summary>
internal static class DemoDirectory
{
    private const int LifeInDays = 365;

    private static readonly (string Account, string Given, string Family, string Department)[] Provisioned =
        [("dana", "Dana", "Whitfield", "Finance"), ("kofi", "Kofi", "Mensah", "Sales")];

    /// <summary>The token that is known and still holds, or a new one.</summary>
    internal static async Task<string> TokenAsync(IServiceProvider services, Organisation customer, string? known, CancellationToken cancellationToken)
    {
        await using (var scope = services.CreateAsyncScope())
        {
            if (known is not null && await scope.ServiceProvider.GetRequiredService<DirectoryTokens>().RecogniseAsync(known, cancellationToken) == customer.Id)
            {
                return known;
            }
        }

        await using var own = services.CreateAsyncScope();
        own.ServiceProvider.GetRequiredService<TenantScope>().Open(customer.Id);
        var made = await own.ServiceProvider.GetRequiredService<DirectoryTokens>().CreateAsync(customer.Id, "Demo directory", LifeInDays, cancellationToken);
        return made.IsRefused ? throw new InvalidDataException(made.Refusal.Message) : made.Value.Token;
    }

    /// <summary>As their directory would bring them; those who are there already stay.</summary>
    internal static async Task ProvisionAsync(IServiceProvider services, Organisation customer, CancellationToken cancellationToken)
    {
        var caller = new ScimCaller(customer.Id, new Actor(ActorKind.Program, null, "Demo directory"));
        foreach (var (account, given, family, department) in Provisioned)
        {
            var address = $"{account}@{customer.Domain}";
            var body = ScimJson.Parse(Encoding.UTF8.GetBytes($$"""
                {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"{{address}}","externalId":"demo-{{account}}",
                "name":{"givenName":"{{given}}","familyName":"{{family}}"},"displayName":"{{given}} {{family}}","emails":[{"value":"{{address}}","type":"work","primary":true}],
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"{{department}}"} }
                """));
            try
            {
                await services.GetRequiredService<ScimRunner>().RunAsync(caller, new ScimWrite(ScimBulkMethod.Post, ScimSchemas.User, null, body), new ScimQuery(), cancellationToken);
            }
            catch (ScimException taken) when (taken.Error.Type == ScimErrorType.Uniqueness)
            {
                // Came with an earlier run.
            }
        }
    }
}
