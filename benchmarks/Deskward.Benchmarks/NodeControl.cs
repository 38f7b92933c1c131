using System.Globalization;
using System.Text.Json;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Reports;
using Deskward.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks;

/// <summary>
/// A node of the service, built and listening as <c>deskward serve</c> does it, that takes commands on standard input and answers each with
/// one line of JSON: for what no address of the service does, and for counting what happens inside.
/// </summary>
internal sealed class NodeControl(IServiceProvider services)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private Guid _tenant;

    internal static async Task<int> RunAsync(ServiceSettings settings)
    {
        await using var app = ServiceHost.Build(settings);
        await app.StartAsync();
        await Console.Out.WriteLineAsync("ready");
        var control = new NodeControl(app.Services);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            object answer;
            try
            {
                answer = await control.DoAsync(line.Split(' '));
            }
            catch (Exception exception) when (exception is InvalidOperationException or DbUpdateException or FormatException)
            {
                answer = new { error = exception.Message };
            }

            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(answer, Json));
        }

        await app.StopAsync();
        return 0;
    }

    private async Task<object> DoAsync(string[] words) => words switch
    {
        ["tenant", var id] => Open(Guid.Parse(id)),
        ["cache", "off"] => Uncache(),
        ["assign", var version, var group] => await AssignAsync(Guid.Parse(version), Guid.Parse(group)),
        ["remove", var assignment] => await InScopeAsync<object>(async scope =>
        {
            Estate.Must(await scope.GetRequiredService<Assignments>().RemoveAsync(Guid.Parse(assignment), null, CancellationToken.None));
            return new { removed = true };
        }),
        ["compile"] => await AskAsync(perSet: 1, atOnce: 4),
        ["ask", var count] => await AskAsync(perSet: int.Parse(count, CultureInfo.InvariantCulture), atOnce: int.MaxValue),
        ["standing"] => new { reached = await CountAsync(Desired.Reached), notReached = await CountAsync(Desired.NotReached) },
        _ => throw new FormatException(string.Join(' ', words)),
    };

    private object Open(Guid tenant) => new { tenant = _tenant = tenant };

    private object Uncache()
    {
        services.GetRequiredService<DeviceCache>().IsEnabled = false;
        return new { cached = false };
    }

    private Task<object> AssignAsync(Guid version, Guid group) => InScopeAsync<object>(async scope =>
    {
        AssignmentResult? result = null;
        var milliseconds = await Figures.MillisecondsAsync(async () =>
            result = Estate.Must(await scope.GetRequiredService<Assignments>().AssignAsync(version, group, Layer.Foundation, CancellationToken.None)));
        return new { milliseconds, assignment = result!.Assignment.Id };
    });

    /// <summary>Asks for the document of every set, as PCs do: so many PCs of each set, so many at the same time.</summary>
    private async Task<object> AskAsync(int perSet, int atOnce)
    {
        var sets = await InScopeAsync(scope => scope.GetRequiredService<DeskwardContext>().Set<AssignmentSet>().Select(set => set.Id).ToListAsync());
        Guid[] asked = [.. Enumerable.Repeat(sets, perSet).SelectMany(set => set)];
        var compiler = services.GetRequiredService<SetCompiler>();
        var before = compiler.Count;
        using var room = new SemaphoreSlim(Math.Min(atOnce, asked.Length));
        var milliseconds = await Figures.MillisecondsAsync(() => Task.WhenAll(asked.Select(set => Task.Run(() => AskOneAsync(set, room)))));
        return new { milliseconds, asked = asked.Length, sets = sets.Count, compiled = compiler.Count - before };
    }

    private async Task AskOneAsync(Guid set, SemaphoreSlim room)
    {
        await room.WaitAsync();
        try
        {
            await InScopeAsync(scope => services.GetRequiredService<DocumentStore>().CurrentAsync(scope.GetRequiredService<DeskwardContext>(), _tenant, set, CancellationToken.None));
        }
        finally
        {
            room.Release();
        }
    }

    /// <summary>As the page of PCs counts.</summary>
    private Task<long> CountAsync(Desired desired) => InScopeAsync(async scope =>
        (await scope.GetRequiredService<DeviceList>().FindAsync(new DeviceFilter { State = DeviceState.Enrolled, Desired = desired, Take = 1 }, CancellationToken.None)).Total);

    private async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(_tenant);
        return await work(scope.ServiceProvider);
    }
}
