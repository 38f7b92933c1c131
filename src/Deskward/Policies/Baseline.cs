using Deskward.DesiredState;
using Deskward.Groups;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies;

/// <summary>The security baseline that the product ships, two examples, and how a customer gets settings of its own.</summary>
public sealed class Baseline(DeskwardContext db, PolicySets policySets, Assignments assignments)
{
    /// <summary>Name of the policy set.</summary>
    public const string Name = "Security baseline";

    /// <summary>The settings of the security baseline.</summary>
    public static IReadOnlyList<SettingLine> Settings { get; } = Read("security-baseline.tsv");

    /// <summary>A firewall rule: an example of settings that are written in one Atomic.</summary>
    public static IReadOnlyList<SettingLine> ExampleFirewallRule { get; } = Read("example-firewall-rule.tsv");

    /// <summary>A VPN profile: another such example.</summary>
    public static IReadOnlyList<SettingLine> ExampleVpnProfile { get; } = Read("example-vpn-profile.tsv");

    /// <summary>
    /// Gives a customer settings as a policy set of its own, assigned to all of its PCs above what the provider gives it. What is there already stays as it is.
    /// </summary>
    /// <returns>The assignment.</returns>
    public async Task<Outcome<Assignment>> EnsureAsync(Guid tenant, string name, string description, IReadOnlyList<SettingLine> settings, CancellationToken cancellationToken)
    {
        var group = await db.Set<Group>().Where(row => row.TenantId == tenant && row.Kind == GroupKind.AllDevices).Select(row => row.Id).SingleAsync(cancellationToken);
        var version = await db.Set<PolicySet>().Where(row => row.TenantId == tenant && row.Name == name)
            .Join(db.Set<PolicySetVersion>(), set => new { Set = set.Id, Number = set.LatestVersion }, row => new { Set = row.PolicySetId, row.Number }, (_, row) => row)
            .AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        if (version is null)
        {
            var created = await policySets.CreateAsync(tenant, name, description, settings, cancellationToken);
            if (created.IsRefused)
            {
                return created.Refusal;
            }

            version = created.Value;
        }

        if (await db.Set<Assignment>().AsNoTracking().SingleOrDefaultAsync(row => row.GroupId == group && row.PolicySetId == version.PolicySetId, cancellationToken) is { } existing)
        {
            return existing;
        }

        var assigned = await assignments.AssignAsync(version.Id, group, Layer.Customer, cancellationToken);
        return assigned.IsRefused ? assigned.Refusal : assigned.Value.Assignment;
    }

    private static IReadOnlyList<SettingLine> Read(string resource)
    {
        using var stream = typeof(Baseline).Assembly.GetManifestResourceStream("Policies." + resource) ?? throw new InvalidOperationException($"The product was built without {resource}.");
        using var reader = new StreamReader(stream);
        return SettingFile.Read(reader);
    }
}
