using System.Diagnostics;
using System.Globalization;
using Deskward.Benchmarks.AuditTrail;
using Deskward.Benchmarks.Groups;
using Deskward.Benchmarks.PolicyFiles;
using Deskward.Benchmarks.LargeFleet;
using Deskward.Benchmarks.People;
using Deskward.Benchmarks.Rights;
using Deskward.Benchmarks.Sessions;
using Deskward.Fixture;

namespace Deskward.Benchmarks;

/// <summary>Runs what was asked for, shows each line as soon as it is known, and writes them all to a file.</summary>
internal static class BenchRun
{
    internal static async Task<int> RunAsync(BenchOptions options)
    {
        await using var databases = new BenchDatabases();
        var lines = new List<BenchLine>();
        var clock = Stopwatch.StartNew();
        BenchLine.WriteHead();
        foreach (var group in Groups(options, databases))
        {
            await foreach (var line in Guarded(group))
            {
                line.Write();
                lines.Add(line);
                BenchLine.Save(lines, options.Results);
            }
        }

        var missed = lines.Count(line => !line.Ok);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lines.Count - missed} of {lines.Count} targets met, in {clock.Elapsed.TotalMinutes:0.0} min"));
        return missed == 0 || (options.Quick && lines.TrueForAll(line => line.Value is not null)) ? 0 : 1;
    }

    /// <summary>A group that breaks is a line that is not met; the other groups are measured all the same.</summary>
    private static async IAsyncEnumerable<BenchLine> Guarded(IAsyncEnumerable<BenchLine> group)
    {
        await using var lines = group.GetAsyncEnumerator();
        while (true)
        {
            BenchLine? broken = null;
            try
            {
                if (!await lines.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (Exception exception)
            {
                await Console.Error.WriteLineAsync(exception.ToString());
                broken = new BenchLine("broken: " + exception.Message.Split('\n')[0], null, "", null, "", false);
            }

            yield return broken ?? lines.Current;
            if (broken is not null)
            {
                yield break;
            }
        }
    }

    private static IEnumerable<IAsyncEnumerable<BenchLine>> Groups(BenchOptions options, BenchDatabases databases)
    {
        if (options.Wants("catalogue"))
        {
            yield return CatalogueLine.RunAsync(options);
        }

        if (options.Wants("authorise"))
        {
            yield return new AuthoriseLine(options, databases).RunAsync();
        }

        if (options.Wants("rls") && options.Engines.Contains(Engine.Postgres))
        {
            yield return new RlsLines(options, databases).RunAsync();
        }

        foreach (var group in options.Engines.SelectMany(engine => OfPcs(engine, options, databases).Concat(OfCustomers(engine, options, databases))))
        {
            yield return group;
        }
    }

    private static IEnumerable<IAsyncEnumerable<BenchLine>> OfPcs(Engine engine, BenchOptions options, BenchDatabases databases)
    {
        if (options.Wants("quiet", "apply", "enrol"))
        {
            yield return new SessionLines(options, databases, engine).RunAsync();
        }

        if (options.Wants("fleet"))
        {
            yield return new FleetLines(options, databases, engine).RunAsync();
        }

        if (options.Wants("plan"))
        {
            yield return new PlanLines(options, databases, engine).RunAsync();
        }

        if (options.Wants("board"))
        {
            yield return new BoardLines(options, databases, engine).RunAsync();
        }

        if (options.Wants("groups"))
        {
            yield return new GroupLines(options, databases, engine).RunAsync();
        }
    }

    private static IEnumerable<IAsyncEnumerable<BenchLine>> OfCustomers(Engine engine, BenchOptions options, BenchDatabases databases)
    {
        if (options.Wants("audit"))
        {
            yield return new AuditLines(options, databases, engine).RunAsync();
        }

        if (options.Wants("import"))
        {
            yield return new ImportLine(options, databases, engine).RunAsync();
        }

        if (options.Wants("explain"))
        {
            yield return new ExplainLine(options, databases, engine).RunAsync();
        }

        if (options.Wants("people"))
        {
            yield return new PeopleLines(options, databases, engine).RunAsync();
        }

        if (options.Wants("scim") && engine == Engine.Postgres)
        {
            yield return new ScimLines(options, databases, engine).RunAsync();
        }
    }
}
