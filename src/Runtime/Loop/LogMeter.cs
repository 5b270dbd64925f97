namespace Triggers.Runtime.Loop;

/// <summary>How far the loops are behind the log, for back-pressure and for people: records appended against records committed, and the age of what is being applied.</summary>
internal sealed class LogMeter
{
    private readonly long[] _applyingAt;
    private long _appended;
    private long _committed;

    public LogMeter(int loops)
    {
        _applyingAt = new long[loops];
        Array.Fill(_applyingAt, long.MaxValue);
    }

    /// <summary>Records appended and not yet committed.</summary>
    public long LagRecords => Math.Max(0, Volatile.Read(ref _appended) - Volatile.Read(ref _committed));

    /// <summary>The <c>at</c> of the oldest record being applied; <see cref="long.MaxValue"/>: every loop has come to the end of the log.</summary>
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

    public void Applying(int loop, long at) => Volatile.Write(ref _applyingAt[loop], at);
}
