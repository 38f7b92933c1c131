using System.Net;
using Deskward.Devices;
using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Policies.Compliance;

public sealed class CompliancePagesTests(Services services)
{
    private static readonly string[] s_told = ["In grace", "The system drive is encrypted", "Broken", "AllowCamera", "Perhaps Group Policy"];

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_shows_each_rule_with_its_evidence_and_what_drifted_with_its_cause(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        using var alice = await ground.VisitAsync(ground.Alice);
        Assert.Contains("CONTOSO-PC-1", await alice.TextAsync("/compliance?state=Unknown"), StringComparison.Ordinal);
        Assert.Contains("No PC stands like this", await alice.TextAsync("/compliance?state=NotCompliant"), StringComparison.Ordinal);
        Assert.Contains("Nothing was changed behind the service", await alice.TextAsync("/drift"), StringComparison.Ordinal);
        await DriftAsync(ground, ground.Service.Time.Now());
        var page = await alice.TextAsync($"/devices/{ground.Pc}/compliance");
        Assert.All(s_told, text => Assert.Contains(text, page, StringComparison.Ordinal));
        Assert.Contains("CONTOSO-PC-1", await alice.TextAsync("/drift"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_provider_changes_the_rules_and_the_customer_reads_them(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        using var alice = await ground.VisitAsync(ground.Alice);
        using var ed = await ground.VisitAsync(ground.Ed);
        await ground.GrantAsync(ground.Ed);
        var rules = $"/compliance/rules?customer={ground.Customer.Id}";
        (string, string)[] form = [("customer", ground.Customer.Id.ToString()), ("seen", "0"), ("rule", "firewall"), ("days-firewall", "2"), ("settings", $"{Fleet.Camera}\t3")];
        Assert.Equal(HttpStatusCode.Redirect, (await ed.PostAsync(rules, "rules", false, form)).StatusCode);
        var read = await alice.TextAsync("/compliance/rules");
        Assert.Contains("Version 1", read, StringComparison.Ordinal);
        Assert.DoesNotContain("The antivirus is on", read, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await alice.PostAsync("/compliance/rules", "rules", false, form)).StatusCode);
    }

    /// <summary>The PC is not encrypted, belongs to a domain, and its camera was switched on behind the service.</summary>
    private static Task<int> DriftAsync(AccessGround ground, DateTimeOffset now) => ground.Service.QueryAsync(async db =>
    {
        var inventory = ComplianceRulingTests.Inventory(("./Vendor/MSFT/DeviceStatus/Compliance/EncryptionCompliance", "0", now), ("./Vendor/MSFT/DeviceStatus/DomainName", "corp.contoso.example", now));
        db.Add(new Drift { TenantId = ground.Customer.Id, DeviceId = ground.Pc, Path = Fleet.Camera, Found = "1", FoundAt = now });
        await db.SaveChangesAsync();
        return await db.Set<Device>().Where(row => row.Id == ground.Pc).ExecuteUpdateAsync(set => set.SetProperty(row => row.Inventory, inventory));
    }, ground.Customer.Id);
}
