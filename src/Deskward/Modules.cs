using Deskward.Platform;

namespace Deskward;

/// <summary>
/// The duties of the service, in order: a module may use only those above it, and only those its row names (Platform always). Program.cs
/// walks the list; the boundary test reads the same table.
/// </summary>
internal static class Modules
{
    internal static readonly IReadOnlyList<Module> All =
    [
        new("Audit", [], Audit.AuditModule.Add),
        new("Tenants", ["Audit"], Tenants.TenantsModule.Add),
        new("Notices", ["Audit", "Tenants"], Notices.NoticesModule.Add),
        new("Identity", ["Audit", "Tenants", "Notices"], Identity.IdentityModule.Add, Identity.IdentityModule.Map),
        new("Directories", ["Audit", "Tenants", "Notices", "Identity"], Directories.DirectoriesModule.Add, Directories.DirectoriesModule.Map),
        new("Responsibilities", ["Audit", "Tenants", "Notices", "Identity"], Responsibilities.ResponsibilitiesModule.Add),
        new("Grants", ["Audit", "Tenants", "Notices", "Identity", "Responsibilities"], Grants.GrantsModule.Add, Grants.GrantsModule.Map),
        new("Contacts", ["Audit", "Tenants", "Notices", "Identity", "Responsibilities"], Contacts.ContactsModule.Add, Contacts.ContactsModule.Map),
        new("Certificates", ["Audit", "Tenants"], Certificates.CertificatesModule.Add),
        new("Devices", ["Audit", "Tenants", "Identity", "Certificates"], Devices.DevicesModule.Add, Devices.DevicesModule.Map),
        new("Groups", ["Audit", "Tenants", "Identity", "Directories", "Responsibilities", "Devices"], Groups.GroupsModule.Add),
        new("Registration", ["Audit", "Tenants", "Responsibilities", "Devices", "Groups"], Registration.RegistrationModule.Add, Registration.RegistrationModule.Map),
        new("Enrollment", ["Audit", "Tenants", "Identity", "Certificates", "Devices", "Registration"], Enrollment.EnrollmentModule.Add, Enrollment.EnrollmentModule.Map),
        new("DesiredState", ["Audit", "Tenants", "Identity", "Devices", "Groups"], DesiredState.DesiredStateModule.Add),
        new("Sessions", ["Audit", "Tenants", "Identity", "Certificates", "Devices", "Registration", "DesiredState"], Sessions.SessionsModule.Add, Sessions.SessionsModule.Map),
        new("DeviceActions", ["Audit", "Tenants", "Responsibilities", "Devices", "Sessions", "Grants"], DeviceActions.DeviceActionsModule.Add),
        new("Organisations", ["Audit", "Tenants", "Identity", "Responsibilities", "Devices", "Sessions"], Organisations.OrganisationsModule.Add, Organisations.OrganisationsModule.Map),
        new("Policies", ["Audit", "Tenants", "Notices", "Identity", "Responsibilities", "Grants", "Contacts", "Devices", "Groups", "DesiredState"], Policies.PoliciesModule.Add, Policies.PoliciesModule.Map),
        new("Reports", ["Audit", "Tenants", "Identity", "Certificates", "Devices", "Groups", "Enrollment", "DesiredState", "Sessions", "DeviceActions", "Policies", "Directories", "Responsibilities"], Reports.ReportsModule.Add, Reports.ReportsModule.Map),
    ];
}
