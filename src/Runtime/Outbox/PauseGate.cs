namespace Triggers.Runtime.Outbox;

/// <summary>Holds every sender while all sending is paused.</summary>
internal sealed class PauseGate(bool paused)
{
    private volatile TaskCompletionSource? _resumed = paused ? NewSource() : null;

    public bool IsPaused => _resumed is not null;

    public Task WaitAsync(CancellationToken cancellation) => _resumed is { } resumed ? resumed.Task.WaitAsync(cancellation) : Task.CompletedTask;

    public void Set(bool paused)
    {
        if (paused)
        {
            _resumed ??= NewSource();
        }
        else
        {
            Interlocked.Exchange(ref _resumed, null)?.TrySetResult();
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
