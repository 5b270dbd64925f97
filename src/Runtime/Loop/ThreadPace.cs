namespace Triggers.Runtime.Loop;

/// <summary>Waits by blocking the loop's own thread.</summary>
internal sealed class ThreadPace : IPace
{
    private readonly AutoResetEvent _wake = new(initialState: false);

    public void Signal()
    {
        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // A completion that comes after the end has nobody to wake.
        }
    }

    public ValueTask WaitAsync()
    {
        _wake.WaitOne();
        return ValueTask.CompletedTask;
    }

    public ValueTask WaitAsync(int atMost)
    {
        _wake.WaitOne(atMost);
        return ValueTask.CompletedTask;
    }

    public ValueTask UntilAsync(Task task)
    {
        ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _wake.Dispose();
}
