using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Policies.Compliance;
using Microsoft.EntityFrameworkCore;
using Xunit;
using Fleet = Deskward.DesiredState.Fleet;

namespace Deskward.Policies.Repairs;

public sealed class DriftsTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Three_repairs_in_seven_days_are_a_conflict_that_is_told_once_and_ends_after_seven_quiet_days(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        await service.AddPersonAsync(customer, "adam", Role.ItAdministrator);
        var fleet = new Fleet(service, customer.Id);
        var pc = (await fleet.AddDevicesAsync(1))[0];
        Assert.Equal((0, 0), (await RepairedAsync(fleet, pc, 6), await RepairedAsync(fleet, pc, 5)));
        Assert.Equal((1, 0), (await RepairedAsync(fleet, pc, 1), await RepairedAsync(fleet, pc, 0)));
        Assert.Equal((1, 1), (await fleet.QueryAsync(db => db.Set<SentNotice>().CountAsync(row => row.Kind == "policies.drift-conflict")), await fleet.QueryAsync(db => db.Set<DriftConflict>().CountAsync(row => row.EndedAt == null))));
        service.Time.Advance(TimeSpan.FromDays(8));
        Assert.Equal(0, await FollowAsync(fleet));
        Assert.NotNull((await fleet.QueryAsync(db => db.Set<DriftConflict>().SingleAsync())).EndedAt);
    }

    [Fact]
    public async Task Repairs_of_another_setting_or_longer_ago_are_not_counted()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite);
        await service.ProviderAsync();
        var fleet = new Fleet(service, (await service.AddCustomerAsync()).Id);
        var pcs = await fleet.AddDevicesAsync(2);
        await RepairedAsync(fleet, pcs[0], 8);
        await RepairedAsync(fleet, pcs[0], 3);
        await RepairedAsync(fleet, pcs[1], 2);
        Assert.Equal(0, await RepairedAsync(fleet, pcs[0], 1));
    }

    [Theory]
    [InlineData("corp.contoso.example", null, DriftCause.GroupPolicyPossible)]
    [InlineData("WORKGROUP", null, DriftCause.NotReported)]
    [InlineData("WORKGROUP", EvidenceAnswers.Overruled + "0", DriftCause.AnotherAuthority)]
    public void The_cause_is_told_where_it_is_reported(string domain, string? reason, DriftCause cause) =>
        Assert.Equal(cause, DriftCauses.Of(Fleet.Camera, reason, ComplianceRulingTests.Inventory(("./Vendor/MSFT/DeviceStatus/DomainName", domain, DateTimeOffset.UnixEpoch))));

    [Theory]
    [InlineData(null)]
    [InlineData("[]")]
    [InlineData("{\"./Vendor/MSFT/DeviceStatus/DomainName\":7}")]
    [InlineData("<i>")]
    public void Where_nothing_is_reported_nothing_is_guessed(string? inventory) => Assert.Equal(DriftCause.NotReported, DriftCauses.Of(Fleet.Camera, null, inventory));

    /// <summary>A repair so many days ago, and what follows from it.</summary>
    private static async Task<int> RepairedAsync(Fleet fleet, Guid pc, int daysAgo)
    {
        var at = fleet.Service.Time.Now().AddDays(-daysAgo);
        await fleet.QueryAsync(db =>
        {
            db.Add(new Drift { TenantId = fleet.Tenant, DeviceId = pc, Path = Fleet.Camera, Found = "1", FoundAt = at, RepairedAt = at });
            return db.SaveChangesAsync();
        });
        return await FollowAsync(fleet);
    }

    private static Task<int> FollowAsync(Fleet fleet) => fleet.AsAsync<DriftConflicts, int>(conflicts => conflicts.FollowAsync(fleet.Tenant, CancellationToken.None));
}
