using Triggers.Storage;

namespace Triggers.Runtime.Fills;

/// <summary>How far one fill has come, written by the thread that fills and read by whoever asks.</summary>
internal sealed class FillProgress(IStore store, int version, TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private readonly long[] _positions = new long[store.Log.Partitions];
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

    public void Read() => _records++;

    public void Lived(int partition, long position, bool isFilled)
    {
        _customers++;
        _filled += isFilled ? 1 : 0;
        Volatile.Write(ref _positions[partition], position);
    }

    /// <summary>Where the log began when the fill did, if a retention has dropped what was before; null: all was there.</summary>
    public DateTimeOffset? HistoryFrom { get; } = HistoryBeginning.InstantOf(store.Settings);

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
