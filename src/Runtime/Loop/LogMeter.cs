using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>
/// How far the loops of this process are behind the log, for back-pressure and for people. A process that is alone counts what it appends and commits; one of several
/// looks where the logs of its own partitions end, since anybody may append to them.
/// </summary>
internal sealed class LogMeter : ILag
{
    private readonly ILog _log;
    private readonly OwnedPartitions _owned;
    private readonly long[] _applyingAt;
    private readonly long[] _cursors;
    private long _appended;
    private long _committed;

    public LogMeter(ILog log, OwnedPartitions owned)
    {
        _log = log;
        _owned = owned;
        _applyingAt = new long[log.Partitions];
        Array.Fill(_applyingAt, long.MaxValue);
        _cursors = new long[log.Partitions];
    }

    public long LagRecords
    {
        get
        {
            if (_owned.IsAlone)
            {
                return Math.Max(0, Volatile.Read(ref _appended) - Volatile.Read(ref _committed));
            }

            var lag = 0L;
            foreach (var (partition, _) in _owned.All)
            {
                lag += Math.Max(0, _log.Head(partition) - Volatile.Read(ref _cursors[partition]));
            }

            return lag;
        }
    }

    /// <summary>Records committed since the start.</summary>
    public long CommittedRecords => Volatile.Read(ref _committed);

    public long OldestApplyingAt
    {
        get
        {
            var oldest = long.MaxValue;
            for (var loop = 0; loop < _applyingAt.Length; loop++)
            {
                oldest = Math.Min(oldest, Volatile.Read(ref _applyingAt[loop]));
            }

            return oldest;
        }
    }

    public void Appended(long records) => Interlocked.Add(ref _appended, records);

    public void Committed(long records) => Interlocked.Add(ref _committed, records);

    /// <summary>A partition's durable cursor.</summary>
    public void CommittedTo(int partition, long cursor) => Volatile.Write(ref _cursors[partition], cursor);

    public void Applying(int loop, long at) => Volatile.Write(ref _applyingAt[loop], at);
}
