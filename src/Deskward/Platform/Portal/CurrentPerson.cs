namespace Deskward.Platform.Portal;

/// <summary>
/// Who looks at the portal in this request. Filled by Identity when the cookie is validated, anew from the database each time; pages of all
/// modules read it. Nobody is signed in while <see cref="Id"/> is null.
/// </summary>
public sealed class CurrentPerson
{
    public Guid? Id { get; private set; }

    /// <summary>The sign-in address; empty while nobody is signed in.</summary>
    public string Address { get; private set; } = "";

    public string DisplayName { get; private set; } = "";

    public Guid OrganisationId { get; private set; }

    /// <summary>True: works for the provider, and all customers are open.</summary>
    public bool IsProvider { get; private set; }

    /// <summary>May see the portal.</summary>
    public bool CanRead { get; private set; }

    /// <summary>May change what the portal shows.</summary>
    public bool CanChange { get; private set; }

    /// <summary>The customers that are open, by name; for a customer's person, their own organisation alone.</summary>
    public IReadOnlyList<CustomerChoice> Customers { get; private set; } = [];

    /// <summary>The customer that a form names; a customer's person needs not, and cannot, name another than their own. Null: none, or not open.</summary>
    public Guid? Choose(string posted) => Customers switch
    {
        [var only] => only.Id,
        _ => Guid.TryParse(posted, out var id) && Customers.Any(customer => customer.Id == id) ? id : null,
    };

    /// <summary>The name of a customer that is open; empty otherwise.</summary>
    public string CustomerName(Guid id) => Customers.FirstOrDefault(customer => customer.Id == id)?.Name ?? "";

    internal void Open(IReadOnlyList<CustomerChoice> customers) => Customers = customers;

    internal void Recognise(Guid id, string address, string displayName, Guid organisation, bool isProvider, bool canRead, bool canChange) =>
        (Id, Address, DisplayName, OrganisationId, IsProvider, CanRead, CanChange) = (id, address, displayName, organisation, isProvider, canRead, canChange);
}

/// <summary>A customer that a person may choose.</summary>
public sealed record CustomerChoice(Guid Id, string Name);
