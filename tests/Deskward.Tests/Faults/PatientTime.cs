namespace Deskward.Faults;

/// <summary>The clock of a PC that, instead of waiting before it tries again, lets the test do something.</summary>
internal sealed class PatientTime(TimeProvider clock) : TimeProvider
{
    /// <summary>What happens while the PC waits; null: nothing, and the wait is over at once.</summary>
    internal Func<Task>? MeanWhile { get; set; }

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _ = Task.Run(async () =>
        {
            await (MeanWhile?.Invoke() ?? Task.CompletedTask);
            callback(state);
        });
        return new Done();
    }

    private sealed class Done : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
