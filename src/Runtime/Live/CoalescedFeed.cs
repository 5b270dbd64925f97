using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Triggers.Runtime.Live;

/// <summary>The pace of a live feed: at most four deltas a second, one stream for all viewers; silent while nothing changes.</summary>
internal abstract class CoalescedFeed(TimeProvider time, ILogger log) : ILiveFeed, ILiveNumbers, IAsyncDisposable
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;
    private bool _isFailing;

    public event Action<LiveDelta>? Changed;

    public abstract long LagRecords { get; }

    public abstract long OldestApplyingAt { get; }

    /// <summary>Something changes by itself: to be looked at within a second though nobody says so.</summary>
    protected abstract bool IsMoving { get; }

    public abstract long this[string counter] { get; }

    public abstract Dictionary<string, long> All();

    public abstract Dictionary<string, long> Under(string prefix);

    public abstract LiveRates Rates();

    public abstract LiveSnapshot Snapshot();

    /// <summary>Something changed.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    public virtual async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>Takes what changed; null: nothing that anybody sees.</summary>
    protected abstract LiveDelta? Take();

    protected void Start() => _run = Task.Run(RunAsync);

    /// <summary>One after the other, whatever they throw.</summary>
    protected void Tell<T>(Action<T>? listeners, T what)
    {
        foreach (var listener in listeners?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action<T>)listener)(what);
            }
            catch (Exception error)
            {
                log.ViewerFailed(error);
            }
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await WaitAsync();
                var began = time.GetTimestamp();
                TakeAndTell();
                var rest = TimeSpan.FromMilliseconds(Limits.LiveIntervalMs) - time.GetElapsedTime(began);
                await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    /// <summary>A store that cannot be read for a while ends nothing: viewers see what changed once it can.</summary>
    private void TakeAndTell()
    {
        try
        {
            if (Take() is { } delta)
            {
                Tell(Changed, delta);
            }

            _isFailing = false;
        }
        catch (Exception error) when (!_stop.IsCancellationRequested)
        {
            if (!_isFailing)
            {
                log.LiveFeedFailed(error);
            }

            _isFailing = true;
            Wake();
        }
    }

    private async Task WaitAsync()
    {
        var changed = _signal.Reader.WaitToReadAsync(_stop.Token).AsTask();
        if (IsMoving)
        {
            await Task.WhenAny(changed, Task.Delay(TimeSpan.FromSeconds(1), time, _stop.Token));
            _stop.Token.ThrowIfCancellationRequested();
        }
        else
        {
            await changed;
        }

        _signal.Reader.TryRead(out _);
    }
}
