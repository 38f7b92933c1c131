using Deskward.Platform.Duties;
using Deskward.DesiredState;
using Deskward.DesiredState.Provided;
using Deskward.Enrollment;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Platform;
using Deskward.Policies.Profiles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks;

/// <summary>What every line stands on: a provider, a customer with an administrator, the provider's security baseline on all of its PCs, and codes to enrol with.</summary>
internal sealed record Estate
{
    public required ServiceSettings Settings { get; init; }

    public required Guid Tenant { get; init; }

    /// <summary>Address of the administrator, who also enrols the PCs.</summary>
    public required string Address { get; init; }

    /// <summary>The group of all PCs.</summary>
    public required Guid AllDevices { get; init; }

    /// <summary>How many settings the baseline has.</summary>
    public required int SettingCount { get; init; }

    /// <summary>An enrolment code.</summary>
    public required string Code { get; init; }

    internal static async Task<Estate> CreateAsync(ServiceSettings settings)
    {
        await using var service = await TestService.StartAsync(settings);
        var northwind = (await service.ProviderAsync()).Id;
        await service.InScopeAsync(async provider => await provider.GetRequiredService<ProvidedSets>().EnsureAsync(northwind, ShippedPolicies.BaselineKey, "Security baseline", "", Baseline(), CancellationToken.None) is { } refusal
            ? throw new InvalidOperationException(refusal.Message) : true, northwind);
        var customer = await service.AddCustomerAsync();
        var person = await service.AddPersonAsync(customer, "alice", Role.CustomerOwner, Role.ItAdministrator);
        return await service.InScopeAsync(async provider =>
        {
            var all = await provider.GetRequiredService<DeskwardContext>().Set<Group>().Where(group => group.Kind == GroupKind.AllDevices).Select(group => group.Id).SingleAsync();
            var version = await provider.GetRequiredService<DeskwardContext>().Set<PolicySetVersion>().AsNoTracking().SingleAsync(row => row.TenantId == northwind);
            Must(await provider.GetRequiredService<Assignments>().AssignAsync(version.Id, all, Layer.Foundation, CancellationToken.None));
            var code = Must(await provider.GetRequiredService<EnrolmentCodes>().CreateAsync(person, EnrolmentCodes.MostUses, TimeSpan.FromHours(24), CancellationToken.None));
            return new Estate
            {
                Settings = settings, Tenant = customer.Id, Address = person.UserName!, AllDevices = all, SettingCount = version.SettingCount, Code = code.Code,
            };
        }, customer.Id);
    }

    internal static T Must<T>(Outcome<T> outcome) => outcome.IsRefused ? throw new InvalidOperationException(outcome.Refusal.Message) : outcome.Value;

    private static IReadOnlyList<SettingLine> Baseline()
    {
        using var file = File.OpenText(Path.Combine(BenchOptions.Folder, "..", "src", "Deskward", "Policies", "security-baseline.tsv"));
        return SettingFile.Read(file);
    }
}
