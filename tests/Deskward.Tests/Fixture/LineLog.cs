using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Deskward.Fixture;

/// <summary>Keeps what an operator would read, each line with its stack trace if it has one: warnings and errors, unless more is asked for.</summary>
internal sealed class LineLog(LogLevel least = LogLevel.Warning) : ILoggerProvider, ILogger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<string> _lines = [];

    internal IReadOnlyCollection<string> Lines => [.. _lines];

    internal ILogger<T> For<T>() => LoggerFactory.Create(logging => logging.AddProvider(this)).CreateLogger<T>();

    /// <summary>Waits for a line that begins so.</summary>
    internal async Task WaitForAsync(string beginning)
    {
        using var end = new CancellationTokenSource(Patience);
        while (!_lines.Any(line => line.StartsWith(beginning, StringComparison.Ordinal)))
        {
            await Task.Delay(20, end.Token);
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _lines.Enqueue(formatter(state, exception) + (exception is null ? "" : "\n" + exception));
        }
    }

    public void Dispose()
    {
    }
}
