using System.CommandLine;
using Deskward.Benchmarks;
using Deskward.Benchmarks.Load;
using Deskward.Fixture;
using Deskward.Platform;

var only = new Option<string[]>("--only") { Description = "Measure only the lines whose name begins so: quiet, apply, fleet, plan, board, groups, enrol, audit, people, scim, authorise, rls, import, explain, catalogue; may repeat", HelpName = "NAME" };
var quick = new Option<bool>("--quick") { Description = "Few requests and few PCs: shows that it works, measures nothing" };
var database = new Option<Engine?>("--on") { Description = "Only this database: sqlite or postgres" };
var results = new Option<FileInfo?>("--results") { Description = "Where the lines are written; .bench/results.json unless told", HelpName = "FILE" };
var recordings = new Option<string>("--recordings") { Required = true };

var reference = new Command("reference") { recordings };
reference.Hidden = true;
var node = new Command("node") { Hidden = true };
var catalogue = new Command("catalogue") { Hidden = true };
catalogue.SetAction(_ => CatalogueLine.Measure());

var root = new RootCommand("Measures the service against its targets; the results are in .bench/results.json too.")
{
    only,
    quick,
    database,
    results,
    catalogue,
    Verb.WithSettings(reference, (settings, result, _) => ReferenceServer.RunAsync(settings, result.GetRequiredValue(recordings))),
    Verb.WithSettings(node, (settings, _, _) => NodeControl.RunAsync(settings)),
};
root.SetAction((result, _) =>
{
    var options = new BenchOptions
    {
        Only = result.GetValue(only) ?? [],
        Quick = result.GetValue(quick),
        Engines = result.GetValue(database) is { } one ? [one] : [Engine.Sqlite, Engine.Postgres],
    };
    return BenchRun.RunAsync(result.GetValue(results) is { } file ? options with { Results = file.FullName } : options);
});
return await root.Parse(args).InvokeAsync();
