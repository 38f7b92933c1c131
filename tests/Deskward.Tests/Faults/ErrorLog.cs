using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Deskward.Faults;

/// <summary>Keeps what a node logs as an error.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    internal ConcurrentQueue<(string Text, Exception? Cause)> Errors { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Errors.Enqueue((formatter(state, exception), exception));
        }
    }

    public void Dispose()
    {
    }
}
