using System.Globalization;
using Deskward.Platform.Duties;
using Deskward.Tenants;

namespace Deskward.Demo;

/// <summary>An organisation of the demo and how many virtual PCs it has.</summary>
internal sealed record DemoOrganisation(OrganisationKind Kind, string Name, string Domain, int Pcs);

/// <summary>A person of the demo.</summary>
/// <param name="Domain">Of the organisation.</param>
/// <param name="Account">What stands before the @.</param>
/// <param name="Name">As people write it.</param>
/// <param name="Roles">None for somebody at a PC.</param>
/// <param name="Word">What the person is in short; null: nothing in particular.</param>
internal sealed record DemoPerson(string Domain, string Account, string Name, RoleSet Roles, string? Word = null)
{
    /// <summary>What the file of the demo tells: the short word first.</summary>
    internal IReadOnlyList<string> Words => [.. Word is null ? Array.Empty<string>() : [Word], .. Roles.Roles.Select(role => role.Name)];

    internal string Address => $"{Account}@{Domain}";
}

/// <summary>Who plays in the demo: the provider, its customers, who signs in, and one person per PC.</summary>
internal static class DemoCast
{
    internal const string ContosoDomain = "contoso.example";
    internal const string FabrikamDomain = "fabrikam.example";
    private const string NorthwindDomain = "northwind.example";
    private const string Administrator = "administrator";
    private const string Reader = "reader";
    private const int SmallFleet = 20;
    private static readonly string[] Given = ["Adele", "Akira", "Amara", "Bianca", "Carlos", "Chen", "Diego", "Elif", "Emeka", "Fatima", "Grady", "Hana", "Ines", "Jonas", "Keiko", "Lars", "Mei", "Nadia", "Omar", "Priya"];
    private static readonly string[] Family = ["Abara", "Berg", "Costa", "Duarte", "Eriksen", "Fischer", "Garcia", "Hoffmann", "Ito", "Jansen", "Kaya", "Lind", "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Sato", "Tanaka"];

    /// <summary>The organisations; with no PCs for Contoso there are none anywhere.</summary>
    internal static IReadOnlyList<DemoOrganisation> Organisations(int contosoPcs) =>
    [
        new(OrganisationKind.Provider, "Northwind Managed Services", NorthwindDomain, 0),
        new(OrganisationKind.Customer, "Contoso", ContosoDomain, contosoPcs),
        new(OrganisationKind.Customer, "Fabrikam", FabrikamDomain, contosoPcs == 0 ? 0 : SmallFleet),
        new(OrganisationKind.Customer, "Adatum", "adatum.example", contosoPcs == 0 ? 0 : SmallFleet),
    ];

    internal static IReadOnlyList<DemoPerson> Staff { get; } =
    [
        new(NorthwindDomain, "ed", "Ed Meadows", RoleSet.Of(Role.OperationsEngineer), Administrator),
        new(NorthwindDomain, "eva", "Eva Lindqvist", RoleSet.Of(Role.ProviderOwner, Role.OperationsEngineer), Administrator),
        new(NorthwindDomain, "sam", "Sam Okonkwo", RoleSet.Of(Role.SocAnalyst)),
        new(ContosoDomain, "alice", "Alice Ciccu", RoleSet.Of(Role.CustomerOwner, Role.ItAdministrator), Administrator),
        new(ContosoDomain, "bob", "Bob Kelly", RoleSet.Of(Role.ChangeApprover, Role.ServiceReader), Reader),
    ];

    /// <summary>Whether the word stands for several roles, for those who only ask whether somebody administers or reads.</summary>
    internal static bool IsShort(string role) => role is Administrator or Reader;

    /// <summary>Who belongs to the organisation: who signs in by name, and one person per PC. Where nobody is named, the first of those runs it.</summary>
    internal static IEnumerable<DemoPerson> PeopleOf(DemoOrganisation organisation)
    {
        var staff = Staff.Where(person => person.Domain == organisation.Domain).ToList();
        var atPcs = Enumerable.Range(0, organisation.Pcs).Select(number => AtPc(organisation, number));
        return staff.Count > 0 ? staff.Concat(atPcs) : atPcs.Skip(1).Prepend(AtPc(organisation, 0) with { Roles = RoleSet.Of(Role.CustomerOwner, Role.ItAdministrator), Word = Administrator });
    }

    /// <summary>The person at the PC with this number, counted from 0.</summary>
    internal static DemoPerson AtPc(DemoOrganisation organisation, int number)
    {
        var (given, family) = (Given[number % Given.Length], Family[(number / Given.Length + number) % Family.Length]);
        var account = string.Create(CultureInfo.InvariantCulture, $"{given}.{family}{number + 1}").ToLowerInvariant();
        return new DemoPerson(organisation.Domain, account, $"{given} {family}", RoleSet.None);
    }

    /// <summary>The seed of that PC: the same in each run, another for each organisation.</summary>
    internal static long Seed(DemoOrganisation organisation, int number) => organisation.Domain.Aggregate(17L, (hash, letter) => hash * 31 + letter) * 100_000 + number;

    /// <summary>The PC's name: three letters of the organisation and a number.</summary>
    internal static string PcName(DemoOrganisation organisation, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{organisation.Name[..3].ToUpperInvariant()}-PC-{number + 1:0000}");
}
