using Deskward.Platform.Duties;

namespace Deskward.Platform.Portal;

/// <summary>
/// Who looks at the portal in this request. Filled by Identity when the cookie is validated, anew from the database each time; pages of all
/// modules read it. Nobody is signed in while <see cref="Id"/> is null.
/// </summary>
public sealed class CurrentPerson(RightsRule rule)
{
    private readonly HashSet<Guid> _at = [];
    private IReadOnlyList<CustomerChoice> _all = [];

    public Guid? Id => Member?.Id;

    /// <summary>What decides the person's rights; null while nobody is signed in.</summary>
    public Member? Member { get; private set; }

    /// <summary>How the person proved who they are; null while nobody is signed in.</summary>
    public Proof? Proof { get; internal set; }

    /// <summary>The sign-in address; empty while nobody is signed in.</summary>
    public string Address { get; private set; } = "";

    public string DisplayName { get; private set; } = "";

    public Guid OrganisationId => Member?.Organisation ?? Guid.Empty;

    /// <summary>True: belongs to the provider.</summary>
    public bool IsProvider => Member?.IsProvider == true;

    /// <summary>The roles in the person's own organisation.</summary>
    public RoleSet Roles => Member?.Roles ?? RoleSet.None;

    /// <summary>
    /// The customers that this request reaches, by name: those of the duty that the page or route serves. For a customer's person, their own
    /// organisation alone.
    /// </summary>
    public IReadOnlyList<CustomerChoice> Customers { get; private set; } = [];

    /// <summary>Every organisation the person could ever reach: for a provider's person all customers, otherwise the own one.</summary>
    internal IReadOnlyList<CustomerChoice> Reachable => _all;

    /// <summary>How far an organisation is open to the person for an action of a duty.</summary>
    public AccessLevel Level(string duty, DutyAction action, Guid organisation) => rule(Member, organisation, duty, action);

    /// <summary>Whether the person may do it at this organisation without restriction.</summary>
    public bool May(string duty, DutyAction action, Guid organisation) => Level(duty, action, organisation) == AccessLevel.Full;

    /// <summary>Whether the person may do it at any organisation: what a link or a button on a list asks.</summary>
    public bool May(string duty, DutyAction action) => Organisations(duty, action).Any();

    /// <summary>Whether there is any organisation of which the person may see something by this duty.</summary>
    public bool Sees(string duty) => Member is { } member && (Level(duty, DutyAction.Read, member.Organisation) != AccessLevel.None || _all.Any(choice => Level(duty, DutyAction.Read, choice.Id) != AccessLevel.None));

    /// <summary>The customer that a form names; a customer's person needs not, and cannot, name another than their own. Null: none, or not open.</summary>
    public Guid? Choose(string posted)
    {
        Guid? chosen = Customers is [var only] ? only.Id : Guid.TryParse(posted, out var id) && Customers.Any(customer => customer.Id == id) ? id : null;
        if (chosen is { } customer)
        {
            At(customer);
        }

        return chosen;
    }

    /// <summary>
    /// The request turns out to be about this customer: the page of one thing, or a form that names the customer, says so. Otherwise a use of
    /// access counts for every customer that the request had open in full.
    /// </summary>
    public void At(Guid customer) => _at.Add(customer);

    /// <summary>The customer that a list is narrowed to, from which it shows nothing else; null: it is not narrowed.</summary>
    public Guid? Only(Guid? customer)
    {
        if (customer is { } one)
        {
            At(one);
        }

        return customer;
    }

    /// <summary>The name of a customer; empty when the person cannot reach it.</summary>
    public string CustomerName(Guid id) => _all.FirstOrDefault(customer => customer.Id == id)?.Name ?? "";

    /// <summary>The organisations at which the person may do it without restriction.</summary>
    internal IEnumerable<Guid> Organisations(string duty, DutyAction action) => Reach().Where(id => May(duty, action, id));

    /// <summary>The organisations of which the person sees what needs no grant.</summary>
    internal IEnumerable<Guid> StandingOrganisations(string duty, DutyAction action) =>
        Reach().Where(id => Level(duty, action, id) is AccessLevel.Standing or AccessLevel.Protective);

    /// <summary>What this request of a provider's person was inside customers: everything in full, and at the other levels what is no mere reading.</summary>
    /// <param name="duty">The duty served.</param>
    /// <param name="action">What was done.</param>
    /// <param name="path">The address without its query.</param>
    internal IEnumerable<AccessUse> Uses(string duty, DutyAction action, string path) =>
        from customer in Customers.Select(choice => choice.Id)
        let level = Level(duty, action, customer)
        where level == AccessLevel.Full ? _at.Count == 0 || _at.Contains(customer) : action != DutyAction.Read && _at.Contains(customer)
        select new AccessUse(Member!.Id, Address, customer, level, duty, action, path);

    /// <summary>The request reaches these organisations.</summary>
    internal void Reaches(IReadOnlySet<Guid> organisations) => Customers = [.. _all.Where(choice => organisations.Contains(choice.Id))];

    /// <param name="member">Who it is.</param>
    /// <param name="address">The sign-in address.</param>
    /// <param name="displayName">Name as people write it.</param>
    /// <param name="reachable">All customers for a provider's person; the own organisation for a customer's.</param>
    internal void Recognise(Member member, string address, string displayName, IReadOnlyList<CustomerChoice> reachable) =>
        (Member, Address, DisplayName, _all) = (member, address, displayName, reachable);

    /// <summary>The person's own organisation and all that the person could ever reach.</summary>
    internal IEnumerable<Guid> Reach() => Member is null ? [] : _all.Select(choice => choice.Id).Prepend(Member.Organisation).Distinct();
}

/// <summary>A customer that a person may choose.</summary>
public sealed record CustomerChoice(Guid Id, string Name);

/// <summary>How somebody who is signed in proved who they are.</summary>
/// <param name="Session">The session.</param>
/// <param name="ConfirmedAt">When they last did.</param>
/// <param name="IsEnough">False: a second factor is missing, and nothing opens but the page that sets one up.</param>
public sealed record Proof(Guid Session, DateTimeOffset ConfirmedAt, bool IsEnough)
{
    /// <summary>How long a proof is good for what asks for a fresh one.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    public bool IsFresh(DateTimeOffset now) => ConfirmedAt + Fresh > now;
}
