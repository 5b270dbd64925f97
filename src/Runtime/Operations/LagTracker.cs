namespace Triggers.Runtime.Operations;

/// <summary>
/// How long the oldest uncommitted record of a partition has waited, from where its log ended at each look: the record's own time would have to be read from the log.
/// Right to the time between two looks, and too small rather than too large.
/// </summary>
internal sealed class LagTracker
{
    /// <summary>Looks remembered. When more go by without a commit the newest are not: the oldest decides.</summary>
    private const int LooksMax = 1024;

    private readonly Queue<(long Head, long At)> _looks = new();
    private long _lastHead;

    /// <summary>The age in ms at an instant (ms of a clock that never goes back); 0: everything is committed.</summary>
    public long Look(long head, long committed, long now)
    {
        while (_looks.TryPeek(out var oldest) && oldest.Head <= committed)
        {
            _looks.Dequeue();
        }

        if (head > committed && head > _lastHead && _looks.Count < LooksMax)
        {
            _looks.Enqueue((head, now));
        }

        _lastHead = Math.Max(_lastHead, head);
        return head > committed && _looks.TryPeek(out var first) ? Math.Max(0, now - first.At) : 0;
    }
}
