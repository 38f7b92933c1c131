using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Deskward.Platform;

namespace Deskward.Benchmarks;

/// <summary>
/// A process of the run: the product as it is delivered (<c>deskward serve</c>), the same host with a control channel (<c>node</c>), or the
/// reference. It is ready when the call that starts it returns.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _name;
    private readonly Queue<string> _last = new();
    private readonly SemaphoreSlim _answered = new(0);
    private readonly Queue<string> _answers = new();
    private bool _stopped;

    private ChildProcess(Process process, string name) => (_process, _name) = (process, name);

    internal static Task<ChildProcess> ServeAsync(ServiceSettings settings) =>
        StartAsync(Product(), ["serve", .. Arguments(settings)], "Deskward is serving");

    internal static Task<ChildProcess> NodeAsync(ServiceSettings settings) =>
        StartAsync(Environment.ProcessPath!, ["node", .. Arguments(settings)], "ready");

    internal static Task<ChildProcess> ReferenceAsync(ServiceSettings settings, string recordings) =>
        StartAsync(Environment.ProcessPath!, ["reference", "--recordings", recordings, .. Arguments(settings)], "ready");

    /// <summary>Runs the benchmarks' own command to its end; its standard output.</summary>
    internal static async Task<string> OutputAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}");
    }

    /// <summary>Asks a node to do something: one line there, one line of JSON back.</summary>
    internal async Task<JsonElement> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        await _answered.WaitAsync();
        lock (_answers)
        {
            var answer = _answers.TryDequeue(out var line) ? line : throw Ended();
            using var json = JsonDocument.Parse(answer);
            return json.RootElement.TryGetProperty("error", out var error) ? throw new InvalidOperationException(command + ": " + error) : json.RootElement.Clone();
        }
    }

    /// <summary>The most memory the process has held so far, in megabytes (VmHWM).</summary>
    internal double PeakMegabytes()
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status")).First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            _process.StandardInput.Close();
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
        _answered.Dispose();
    }

    private static async Task<ChildProcess> StartAsync(string file, string[] arguments, string readyLine)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var child = new ChildProcess(Process.Start(start)!, arguments[0]);
        var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        child._process.OutputDataReceived += (_, line) => child.Take(line.Data, readyLine, ready);
        child._process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        if (!await ready.Task.WaitAsync(TimeSpan.FromSeconds(60)))
        {
            throw child.Ended();
        }

        return child;
    }

    private void Take(string? line, string readyLine, TaskCompletionSource<bool> ready)
    {
        if (line is null)
        {
            ready.TrySetResult(false);
            _answered.Release();
            return;
        }

        if (line.StartsWith('{'))
        {
            lock (_answers)
            {
                _answers.Enqueue(line);
            }

            _answered.Release();
            return;
        }

        Keep(line);
        if (line.StartsWith(readyLine, StringComparison.Ordinal))
        {
            ready.TrySetResult(true);
        }
    }

    private void Keep(string? line)
    {
        lock (_last)
        {
            _last.Enqueue(line ?? "");
            if (_last.Count > 40)
            {
                _last.Dequeue();
            }
        }
    }

    private InvalidOperationException Ended()
    {
        lock (_last)
        {
            return new InvalidOperationException($"{_name} has ended:\n{string.Join('\n', _last)}");
        }
    }

    // The referenced project is built beside this one, in the same configuration.
    private static string Product() => Path.Combine(AppContext.BaseDirectory, "..", "..", "Deskward", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "deskward");

    private static string[] Arguments(ServiceSettings settings) =>
    [
        "--data", settings.Data, "--public-url", settings.PublicUrl.AbsoluteUri, "--management-url", settings.ManagementUrl.AbsoluteUri,
        .. settings.IsSqlite ? Array.Empty<string>() : ["--database", settings.Database],
    ];
}
