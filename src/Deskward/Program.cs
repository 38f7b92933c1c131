using System.CommandLine;
using Deskward.Audit;
using Deskward.Demo;
using Deskward.Enrollment;
using Deskward.Identity;
using Deskward.Organisations;
using Deskward.Platform;
using Deskward.Platform.Backups;
using Deskward.Policies;
using Deskward.Policies.Files;
using Deskward.Tenants;

var root = new RootCommand("Deskward: an open, self-hosted managed desktop service.")
{
    DemoVerb.Create(),
    DemoCodeVerb.Create(),
    ServeVerb.Create(),
    MigrateVerb.Create(),
    DoctorVerb.Create(),
    BackupVerbs.CreateBackup(),
    BackupVerbs.CreateRestore(),
    TenantVerb.Create(CustomerVerbs.Create()),
    UserVerb.Create(),
    EnrolmentCodeVerb.Create(),
    AuditVerbs.Create(),
    CatalogueVerb.Create(),
    ExplainVerb.Create(),
    VirtualPcVerb.Create(),
};
foreach (var verb in ImportVerbs.Create())
{
    root.Add(verb);
}

return await root.Parse(args).InvokeAsync();
