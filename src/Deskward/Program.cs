using System.CommandLine;
using Deskward.Platform;

var root = new RootCommand("Deskward: an open, self-hosted managed desktop service.") { ServeVerb.Create(), MigrateVerb.Create() };
return await root.Parse(args).InvokeAsync();
