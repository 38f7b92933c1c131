using Deskward.Devices;
using Xunit;

namespace Deskward.Sessions;

public sealed class DeviceInventoryTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly Device _device = new() { HardwareId = "A1", UserAddress = "ann@contoso.example" };

    [Fact]
    public void What_every_session_brings_is_written_only_when_it_is_new()
    {
        Assert.False(Take(s_now, ("./DevInfo/Man", "Maker"), ("./DevInfo/Mod", "One")));
        var before = _device.Inventory;
        Assert.False(Take(s_now.AddHours(1), ("./DevInfo/Man", "Maker"), ("./DevInfo/Mod", "One"), ("./DevInfo/Lang", null)));
        Assert.Equal(("Maker", "One", before), (_device.Manufacturer, _device.Model, _device.Inventory));
        Assert.False(Take(s_now.AddHours(2), ("./DevInfo/Man", "Maker"), ("./DevInfo/Mod", "Two")));
        Assert.Equal(("Two", s_now.AddHours(2)), (_device.Model, DeviceInventory.Read(_device.Inventory)["./DevInfo/Man"].At));
    }

    [Fact]
    public void All_facts_together_tell_when_they_were_read_and_what_is_gone()
    {
        (string, string?)[] all = [.. DeviceInventory.Paths.Select(path => (path, (string?)"1"))];
        Assert.True(Take(s_now, all));
        Assert.True(Take(s_now.AddDays(1), all));
        Assert.All(DeviceInventory.Read(_device.Inventory).Values, fact => Assert.Equal(s_now.AddDays(1), fact.At));
        Assert.True(Take(s_now.AddDays(2), [.. all[1..], (all[0].Item1, null)]));
        Assert.DoesNotContain(all[0].Item1, DeviceInventory.Read(_device.Inventory).Keys);
    }

    private bool Take(DateTimeOffset now, params (string Path, string? Value)[] told) => DeviceInventory.Take(_device, told.ToDictionary(fact => fact.Path, fact => fact.Value), now);
}
