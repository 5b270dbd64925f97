using Triggers.Runtime.Queries;

namespace Triggers.Runtime.Live;

/// <summary>What each second of the last quarter of an hour saw, so that a page that is opened shows at once what was.</summary>
internal sealed class PastSeconds : IAsyncDisposable
{
    private readonly ILiveNumbers _live;
    private readonly TimeProvider _time;
    private readonly Queue<SecondView> _seconds = new(Limits.PastSecondsMax);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _run;

    public PastSeconds(ILiveNumbers live, TimeProvider time)
    {
        _live = live;
        _time = time;
        var first = Totals();
        _run = Task.Run(() => RunAsync(first));
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<SecondView> Read()
    {
        lock (_lock)
        {
            return [.. _seconds];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync((long Timestamp, long Events, long Messages) last)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
        try
        {
            while (await ticks.WaitForNextTickAsync(_stop.Token))
            {
                var now = Totals();
                Keep(last, now);
                last = now;
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private (long Timestamp, long Events, long Messages) Totals() => (_time.GetTimestamp(), _live["events/total"], _live["messages/sent"]);

    private void Keep((long Timestamp, long Events, long Messages) last, (long Timestamp, long Events, long Messages) now)
    {
        var seconds = _time.GetElapsedTime(last.Timestamp, now.Timestamp).TotalSeconds;
        if (seconds <= 0)
        {
            return;
        }

        // Of several processes the sum falls for a moment while a partition moves.
        double Rate(long from, long to) => Math.Round(Math.Max(0, to - from) / seconds, 1);
        lock (_lock)
        {
            if (_seconds.Count == Limits.PastSecondsMax)
            {
                _seconds.Dequeue();
            }

            _seconds.Enqueue(new SecondView(_time.GetUtcNow(), Rate(last.Events, now.Events), Rate(last.Messages, now.Messages)));
        }
    }
}
