using Deskward.Devices;
using Deskward.Platform.Portal;

namespace Deskward.Reports;

/// <summary>What the address of the page of PCs, and of its download, says.</summary>
internal static class DeviceQuery
{
    internal static DeviceFilter Read(Query query, DateTimeOffset now) => new()
    {
        Words = query.Text("q"),
        Customer = query.Id("customer"),
        Desired = query.Choice("desired", "", "yes", "no") switch { "yes" => Desired.Reached, "no" => Desired.NotReached, _ => Desired.All },
        State = query.Choice("state", "", "retiring", "retired") switch { "retiring" => DeviceState.Retiring, "retired" => DeviceState.Retired, _ => DeviceState.Enrolled },
        SilentSince = query.Number("silent", 0, 0, 3650) is > 0 and var days ? now - TimeSpan.FromDays(days) : null,
        Open = query.Choice("open", "", "failed", "waiting", "conflict", "unknown") is { Length: > 0 } open ? open : null,
        Sort = query.Choice("sort", "name", "-name", "seen", "-seen", "user", "-user", "build", "-build"),
    };
}
