using System.CommandLine;
using Deskward.Enrollment;
using Deskward.Platform;
using Deskward.Policies;
using Deskward.Tenants;

var root = new RootCommand("Deskward: an open, self-hosted managed desktop service.")
{
    ServeVerb.Create(),
    MigrateVerb.Create(),
    DoctorVerb.Create(),
    BackupVerbs.CreateBackup(),
    BackupVerbs.CreateRestore(),
    TenantVerb.Create(),
    EnrolmentCodeVerb.Create(),
    CatalogueVerb.Create(),
};
return await root.Parse(args).InvokeAsync();
