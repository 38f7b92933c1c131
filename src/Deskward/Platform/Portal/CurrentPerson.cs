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

    internal void Recognise(Guid id, string address, string displayName, Guid organisation, bool isProvider, bool canRead, bool canChange) =>
        (Id, Address, DisplayName, OrganisationId, IsProvider, CanRead, CanChange) = (id, address, displayName, organisation, isProvider, canRead, canChange);
}
