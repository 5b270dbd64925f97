namespace Triggers.Runtime.Live;

/// <summary>Events and messages a second over the last few seconds, from samples of their totals.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private const int WindowSeconds = 5;

    private readonly Queue<(long Timestamp, long Events, long Messages)> _samples = new();
    private readonly Lock _lock = new();

    public double EventsPerSecond { get; private set; }

    public double MessagesPerSecond { get; private set; }

    public bool IsZero => EventsPerSecond == 0 && MessagesPerSecond == 0;

    public void Sample(long events, long messages)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _samples.Enqueue((now, events, messages));
            while (_samples.Count > 2 && time.GetElapsedTime(_samples.Peek().Timestamp, now).TotalSeconds > WindowSeconds)
            {
                _samples.Dequeue();
            }

            var first = _samples.Peek();
            var seconds = time.GetElapsedTime(first.Timestamp, now).TotalSeconds;
            if (seconds > 0)
            {
                EventsPerSecond = Math.Round((events - first.Events) / Math.Max(seconds, 1), 1);
                MessagesPerSecond = Math.Round((messages - first.Messages) / Math.Max(seconds, 1), 1);
            }
        }
    }
}
