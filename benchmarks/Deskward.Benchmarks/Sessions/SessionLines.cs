using Deskward.Fixture;

namespace Deskward.Benchmarks.Sessions;

/// <summary>
/// The lines about sessions, on one database: 1. PCs enrol. 2. The database is copied while they are enrolled and know nothing. 3. They settle on
/// the baseline, and are recorded. 4. Quiet sessions are measured against the reference. 5. On the copy, the recorded sessions that
/// applied the baseline are played again.
/// </summary>
internal sealed class SessionLines(BenchOptions options, BenchDatabases databases, Engine engine)
{
    private const int ThousandPcs = 1_000;
    private readonly string _on = BenchDatabases.NameOf(engine);

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        var estate = await Estate.CreateAsync(await databases.CreateAsync(engine));
        var plan = new ApplyPlan(options);
        var fleet = await RecordedFleet.CreateAsync(estate, !options.Quick && options.Wants("enrol") ? ThousandPcs : Math.Max(options.Wants("apply") ? plan.Pcs : 0, options.Quick ? 4 : 64));
        var convergence = new Convergence(estate, fleet, _on);
        await using (var service = await ChildProcess.ServeAsync(estate.Settings))
        {
            await convergence.EnrolAsync(); // 1
        }

        var before = options.Wants("apply") ? estate with { Settings = await databases.CopyAsync(estate.Settings) } : null; // 2
        await using (var service = await ChildProcess.ServeAsync(estate.Settings))
        {
            await convergence.SettleAsync(before is null ? 0 : fleet.Pcs.Count); // 3
            foreach (var line in options.Wants("enrol") ? await convergence.LinesAsync() : [])
            {
                yield return line;
            }

            foreach (var line in options.Wants("quiet") ? await new QuietLines(options, estate, fleet).RunAsync(_on) : []) // 4
            {
                yield return line;
            }
        }

        if (options.Wants("quiet") && engine == Engine.Postgres)
        {
            await using var node = await ChildProcess.NodeAsync(estate.Settings);
            await node.AskAsync("cache off");
            yield return await new QuietLines(options, estate, fleet).RunUncachedAsync(_on);
        }

        if (before is not null)
        {
            await using var service = await ChildProcess.ServeAsync(before.Settings);
            yield return await new ApplyLine(options, plan, before, fleet).RunAsync(_on); // 5
        }
    }
}
