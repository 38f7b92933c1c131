using System.Text;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Groups.Rings;
using Deskward.Platform;
using Deskward.Responsibilities;
using Deskward.Sessions;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Registration;

public sealed class RegistrationsTests(Services services)
{
    private const string Head = "Manufacturer,Model,Serial Number\n";

    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_registered_PC_gets_its_ring_and_profile_when_it_comes_and_is_active(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        Assert.Equal(new RegistrationUpload(1, 0), await RegisterAsync(fleet, Head + "Dell,Latitude,00417", new(DeviceProfile.Kiosk, false, Ring.Test)));
        await SettleAsync(fleet);
        Assert.Equal([RegistrationState.ReadyForUser], await StatesAsync(fleet));
        var device = await fleet.EnrolAsync(serial: "00417");
        Assert.Equal([RegistrationState.Active], await StatesAsync(fleet));
        Assert.Equal(["Kiosk", "Test"], await fleet.PartsAsync(device));
        Assert.Equal(RingBy.Admin, (await fleet.PlacementAsync(device)).By);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Duplicates_in_the_file_and_of_what_is_registered_fail_with_their_place_and_the_others_are_taken(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        Assert.Equal(new RegistrationUpload(2, 1), await RegisterAsync(fleet, Head + "Dell,L,a1\nDell,L,A1\nDell,L,a2"));
        Assert.Equal(new RegistrationUpload(0, 1), await RegisterAsync(fleet, Head + "Dell,L,A2"));
        var failed = await fleet.QueryAsync(db => db.Set<RegisteredPc>().Where(row => row.State == RegistrationState.Failed).OrderBy(row => row.Id).Select(row => new { row.Line, row.Column, row.Error }).ToListAsync());
        Assert.Equal([(3, 8, "Line 2 has the same serial number."), (2, 8, "The PC is registered already.")], failed.Select(row => (row.Line, row.Column, row.Error!)));
    }

    [Fact]
    public async Task A_file_that_breaks_a_rule_registers_nobody()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var refused = await fleet.AsAsync<Registrations, Outcome<RegistrationUpload>>(all => all.RegisterAsync(fleet.Tenant, Encoding.UTF8.GetBytes(Head + "Dell,L,1\nDell,L,2,3"), Standard, CancellationToken.None));
        Assert.StartsWith("Line 3, column 10: ", refused.Refusal!.Message, StringComparison.Ordinal);
        Assert.Empty(await StatesAsync(fleet));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task By_contract_an_unregistered_PC_waits_in_quarantine_until_it_is_registered(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        await AgreeAsync(fleet, "registration.quarantine");
        var device = await fleet.EnrolAsync(serial: "S-1");
        Assert.Empty(await fleet.PartsAsync(device));
        Assert.Contains("quarantine", (await fleet.AssignRingAsync(Ring.First, device))!.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await fleet.GuardAsync()).Placed);
        await RegisterAsync(fleet, Head + "Dell,Latitude,S-1", new(DeviceProfile.PowerUser, false, null));
        await SettleAsync(fleet);
        Assert.Equal(["Broad", "PowerUser"], await fleet.PartsAsync(device));
        Assert.Equal([RegistrationState.Active], await StatesAsync(fleet));
        Assert.Equal(0, (await fleet.GuardAsync()).Undone);
    }

    [Theory]
    [InlineData("S-1", "Dell Inc.", true)]
    [InlineData("s-1", null, true)]
    [InlineData("S-2", "Dell Inc.", false)]
    [InlineData("S-1", "HP", false)]
    [InlineData(null, "Dell Inc.", false)]
    [InlineData("Default string", null, false)]
    public async Task By_contract_an_unregistered_PC_is_refused(string? serial, string? maker, bool isAdmitted)
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        await RegisterAsync(fleet, Head + "Dell,Latitude,S-1");
        var pc = new DeviceRegistration { TenantId = fleet.Tenant, PersonId = Guid.Empty, UserAddress = "", HardwareId = "HW", Name = "PC", IsDeviceEnrolment = true, Serial = serial, Manufacturer = maker };
        Assert.Null(await fleet.AsAsync<Admission, Refusal?>(admission => admission.RefuseAsync(pc, CancellationToken.None)));
        await AgreeAsync(fleet, "registration.refuse");
        Assert.Equal(isAdmitted, await fleet.AsAsync<Admission, Refusal?>(admission => admission.RefuseAsync(pc, CancellationToken.None)) is null);
    }

    [Fact]
    public async Task What_is_pending_is_not_let_go_and_what_was_changed_meanwhile_is_told()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        await RegisterAsync(fleet, Head + "Dell,Latitude,S-1");
        var id = await fleet.QueryAsync(db => db.Set<RegisteredPc>().Select(row => row.Id).SingleAsync());
        Assert.Equal(RefusalReason.Conflict, (await DeleteAsync(fleet, id, null))?.Reason);
        await SettleAsync(fleet);
        Assert.Null(await fleet.AsAsync<Registrations, Refusal?>(all => all.ChangeAsync(id, 1, DeviceProfile.Kiosk, Ring.Fast, "LOBBY-1", CancellationToken.None)));
        Assert.Equal(RefusalReason.Conflict, (await fleet.AsAsync<Registrations, Refusal?>(all => all.ChangeAsync(id, 1, DeviceProfile.Standard, null, null, CancellationToken.None)))?.Reason);
        Assert.Equal(RefusalReason.Conflict, (await DeleteAsync(fleet, id, 1))?.Reason);
        Assert.Null(await DeleteAsync(fleet, id, 2));
        Assert.Equal(new RegistrationUpload(1, 0), await RegisterAsync(fleet, Head + "Dell,Latitude,S-1"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_whose_name_does_not_fit_is_ordered_once_to_take_another(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = await fleet.EnrolAsync(serial: "S-1");
        Assert.Equal(0, await RenameAsync(fleet));
        Assert.Null(await fleet.AsAsync<PcNames, Refusal?>(names => names.SetAsync(fleet.Tenant, 0, "DSK-%RAND:11%", "", CancellationToken.None)));
        Assert.Equal((1, 0), (await RenameAsync(fleet), await RenameAsync(fleet)));
        var order = await fleet.QueryAsync(db => db.Set<DeviceCommand>().SingleAsync(row => row.DeviceId == device));
        Assert.Equal(("rename", "Replace", "./DevDetail/Ext/Microsoft/DNSComputerName"), (order.Kind, order.Verb, order.Path));
        Assert.Matches("^DSK-[0-9]{11}$", order.Data);
        Assert.Equal(RefusalReason.Conflict, (await fleet.AsAsync<PcNames, Refusal?>(names => names.SetAsync(fleet.Tenant, 0, "", "", CancellationToken.None)))?.Reason);
    }

    private static RegistrationWish Standard => new(DeviceProfile.Standard, false, null);

    private static async Task<RegistrationUpload> RegisterAsync(Fleet fleet, string file, RegistrationWish? wish = null) =>
        Fleet.Granted(await fleet.AsAsync<Registrations, Outcome<RegistrationUpload>>(all => all.RegisterAsync(fleet.Tenant, Encoding.UTF8.GetBytes(file), wish ?? Standard, CancellationToken.None)));

    private static Task<int> SettleAsync(Fleet fleet) => fleet.AsAsync<Registrations, int>(all => all.SettleAsync(fleet.Tenant, all: true, CancellationToken.None));

    private static Task<int> RenameAsync(Fleet fleet) => fleet.AsAsync<PcNames, int>(names => names.RenameAsync(fleet.Tenant, CancellationToken.None));

    private static Task<Refusal?> DeleteAsync(Fleet fleet, Guid id, int? version) => fleet.AsAsync<Registrations, Refusal?>(all => all.DeleteAsync(id, version, CancellationToken.None));

    private static Task<List<RegistrationState>> StatesAsync(Fleet fleet) => fleet.QueryAsync(db => db.Set<RegisteredPc>().OrderBy(row => row.Id).Select(row => row.State).ToListAsync());

    private static async Task AgreeAsync(Fleet fleet, string figure) =>
        Assert.Null(await fleet.AsAsync<Contracts, Refusal?>(contracts => contracts.SetFigureAsync(fleet.Tenant, figure, 1, DateOnly.FromDateTime(fleet.Service.Time.Now().UtcDateTime), CancellationToken.None)));
}
