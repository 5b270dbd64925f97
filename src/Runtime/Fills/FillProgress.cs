using Triggers.Storage;

namespace Triggers.Runtime.Fills;

/// <summary>How far one fill has come, written by the thread that fills and read by whoever asks.</summary>
internal sealed class FillProgress(IStore store, int version, TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private readonly long[] _positions = new long[store.Log.Partitions];
    private readonly long[] _first = new long[store.Log.Partitions];
    private readonly long[] _firstAt = new long[store.Log.Partitions];
    private long _customers;
    private long _filled;
    private long _records;
    private double _percentAtStart = -1;

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    public bool IsHeld { get; set; }

    public int Version => version;

    public long Customers => Volatile.Read(ref _customers);

    public long Filled => Volatile.Read(ref _filled);

    public long Records => Volatile.Read(ref _records);

    /// <summary>Begins to read a partition, for the first or another time.</summary>
    public void Begin(int partition) => (_first[partition], _firstAt[partition]) = (long.MaxValue, 0);

    public void Read() => _records++;

    /// <summary>Whatever lies in the log shows where it begins.</summary>
    public void Saw(int partition, long offset, long at)
    {
        if (offset < _first[partition])
        {
            (_first[partition], _firstAt[partition]) = (offset, at);
        }
    }

    public void Lived(int partition, long position, bool isFilled)
    {
        _customers++;
        _filled += isFilled ? 1 : 0;
        Volatile.Write(ref _positions[partition], position);
    }

    /// <summary>Where the log begins in the partition whose first records were dropped last; null: all is there.</summary>
    public DateTimeOffset? HistoryFrom
    {
        get
        {
            var from = _first.Select((offset, partition) => offset is > 0 and < long.MaxValue ? _firstAt[partition] : 0).Max();
            return from > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(from) : null;
        }
    }

    /// <param name="segments">That are collecting.</param>
    public FillView View(IReadOnlyList<string> segments)
    {
        var done = 0.0;
        for (var partition = 0; partition < _positions.Length; partition++)
        {
            done += (double)Math.Max(Volatile.Read(ref _positions[partition]), FillMarks.Read(store, version, partition)) / FillMarks.Done;
        }

        var percent = 100 * done / _positions.Length;
        _percentAtStart = _percentAtStart < 0 ? percent : _percentAtStart;
        var seconds = time.GetElapsedTime(_startedAt).TotalSeconds;
        var gained = percent - _percentAtStart;
        return new FillView(
            version, IsHeld ? FillStates.Held : FillStates.Filling, Math.Round(percent, 1), Customers, Filled, Records,
            seconds > 0 ? (long)(Records / seconds) : 0, gained > 0 ? (long)Math.Ceiling(seconds * (100 - percent) / gained) : null, StartedAt, null, HistoryFrom, segments, null);
    }
}
