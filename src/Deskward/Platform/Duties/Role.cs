namespace Deskward.Platform.Duties;

/// <summary>What a person is to the service; the matrix says what follows from it. Stored as a bit of <see cref="RoleSet"/>: never renumber.</summary>
public enum Role
{
    /// <summary>The provider's owner: its identity provider, tokens, roles, emergency codes.</summary>
    ProviderOwner = 0,

    /// <summary>The provider's engineer: policies, groups, requests.</summary>
    OperationsEngineer = 1,

    /// <summary>The provider's analyst of the security operations centre.</summary>
    SocAnalyst = 2,

    /// <summary>The provider's lead: contracts, organisations, reviews.</summary>
    ServiceLead = 3,

    /// <summary>The provider's auditor: sees, changes nothing.</summary>
    Auditor = 4,

    /// <summary>The customer's owner: identity provider, tokens, roles, emergency codes, off-boarding.</summary>
    CustomerOwner = 8,

    /// <summary>The customer's IT administrator: everything that is not about security.</summary>
    ItAdministrator = 9,

    /// <summary>Reviews and approves announced changes.</summary>
    ChangeApprover = 10,

    /// <summary>Packages, tests, updates and retires applications.</summary>
    AppPackager = 11,

    /// <summary>Everything that is about security, and nothing else.</summary>
    SecurityManager = 12,

    /// <summary>Sees everything that is not about security.</summary>
    ServiceReader = 13,

    /// <summary>Supports users: elevation and escalation requests.</summary>
    SupportPartner = 14,

    /// <summary>Somebody at a PC; everybody of a customer is at least this.</summary>
    EndUser = 15,
}

/// <summary>Several roles of one person, as bits.</summary>
public readonly record struct RoleSet(int Bits)
{
    /// <summary>No role.</summary>
    public static RoleSet None { get; }

    /// <summary>Every role there is, by number.</summary>
    public static IReadOnlyList<Role> All { get; } = Enum.GetValues<Role>();

    public bool IsEmpty => Bits == 0;

    public static RoleSet Of(params IEnumerable<Role> roles) => new(roles.Aggregate(0, (bits, role) => bits | Bit(role)));

    public bool Has(Role role) => (Bits & Bit(role)) != 0;

    public bool Overlaps(RoleSet other) => (Bits & other.Bits) != 0;

    public RoleSet With(RoleSet other) => new(Bits | other.Bits);

    public RoleSet Without(RoleSet other) => new(Bits & ~other.Bits);

    /// <summary>The roles by number.</summary>
    public IEnumerable<Role> Roles => All.Where(Has);

    private static int Bit(Role role) => 1 << (int)role;
}

/// <summary>How roles are written in the matrix, in commands and in answers.</summary>
public static class RoleNames
{
    private static readonly Dictionary<string, Role> ByName = RoleSet.All.ToDictionary(role => role.FullName, StringComparer.OrdinalIgnoreCase);

    /// <summary>The role that <c>provider.owner</c>, or another full name, means; null when none.</summary>
    public static Role? Find(string name) => ByName.TryGetValue(name, out var role) ? role : null;

    extension(Role role)
    {
        /// <summary>The provider's role; otherwise a customer's.</summary>
        public bool IsProvider => (int)role < 8;

        /// <summary>Such as <c>owner</c> or <c>itAdministrator</c>; the organisation tells which side is meant.</summary>
        public string Name => role switch
        {
            Role.ProviderOwner or Role.CustomerOwner => "owner",
            _ => char.ToLowerInvariant(role.ToString()[0]) + role.ToString()[1..],
        };

        /// <summary>Such as <c>provider.owner</c> or <c>customer.itAdministrator</c>.</summary>
        public string FullName => (role.IsProvider ? "provider." : "customer.") + role.Name;
    }
}
