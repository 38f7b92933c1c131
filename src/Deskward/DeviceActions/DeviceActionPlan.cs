namespace Deskward.DeviceActions;

/// <summary>What would happen at one customer.</summary>
/// <param name="Customer">Whose PCs.</param>
/// <param name="Devices">Which of them; those that are no longer under management are left out.</param>
/// <param name="Pcs">How many the customer has.</param>
/// <param name="Limit">How many one person may act on.</param>
/// <param name="Recent">On how many others the same person acted within the hour.</param>
/// <param name="NeedsSecondPerson">Whether somebody else must say yes first.</param>
public sealed record CustomerPlan(Guid Customer, IReadOnlyList<PlannedDevice> Devices, int Pcs, int Limit, int Recent, bool NeedsSecondPerson);

/// <summary>A PC that is meant.</summary>
public sealed record PlannedDevice(Guid Id, string Name);

/// <summary>What a wish comes to, before anything is done.</summary>
/// <param name="Customers">Per customer, in a fixed order.</param>
public sealed record DeviceActionPlan(IReadOnlyList<CustomerPlan> Customers)
{
    public int Total => Customers.Sum(one => one.Devices.Count);
}
