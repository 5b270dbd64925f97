namespace Triggers.Runtime.Outbox;

/// <summary>Holds every sender while all sending is paused.</summary>
/// <param name="isPaused">Asked by one thread at a time, so that the gate is never left as an older answer had it.</param>
internal sealed class PauseGate(Func<bool> isPaused)
{
    private readonly Lock _lock = new();
    private volatile TaskCompletionSource? _resumed = isPaused() ? NewSource() : null;

    public bool IsPaused => _resumed is not null;

    public Task WaitAsync(CancellationToken cancellation) => _resumed is { } resumed ? resumed.Task.WaitAsync(cancellation) : Task.CompletedTask;

    /// <summary>Something changed.</summary>
    public void Look()
    {
        lock (_lock)
        {
            if (!isPaused())
            {
                _resumed?.TrySetResult();
                _resumed = null;
            }
            else if (_resumed is null)
            {
                _resumed = NewSource();
            }
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
