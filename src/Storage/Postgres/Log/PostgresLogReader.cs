using Triggers.Engine.Records;
using Triggers.Storage.Blocks;

namespace Triggers.Storage.Postgres.Log;

/// <summary>One walk along some partitions. Not for two threads at once.</summary>
internal sealed class PostgresLogReader : ILogReader
{
    private readonly LogTail _tail;
    private readonly SharedReads _reads;
    private readonly int[] _mine;
    private readonly long[] _next;
    private readonly long[] _at;
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly List<Block> _held = [];
    private readonly List<LogSlice> _slices = [];
    private long _seq;
    private int _rows = Limits.ReadRowsMin;
    private bool _disposed;

    public PostgresLogReader(LogTail tail, SharedReads reads, IReadOnlyList<PartitionOffset> from)
    {
        _tail = tail;
        _reads = reads;
        _mine = new int[from.Count];
        _next = new long[tail.Partitions];
        _at = new long[tail.Partitions];
        for (var i = 0; i < from.Count; i++)
        {
            _mine[i] = from[i].Partition;
            _next[from[i].Partition] = from[i].Offset;
        }

        _seq = tail.LastSeq + 1;
        _tail.Register(this);
    }

    public async ValueTask<IReadOnlyList<LogSlice>> ReadAsync(TimeSpan wait, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Release();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var isWhole = TakeMemory();
            if (_slices.Count > 0)
            {
                return _slices;
            }

            if (!isWhole || (IsBehind() && _seq > _tail.LastSeq))
            {
                await ReadServerAsync(cancellation).ConfigureAwait(false);
                return _slices;
            }

            if (_seq > _tail.LastSeq && !await _signal.WaitAsync(wait, cancellation).ConfigureAwait(false))
            {
                return [];
            }
        }
    }

    /// <summary>Something new in these partitions is for it.</summary>
    public bool IsConcerned(bool[] moved)
    {
        foreach (var partition in _mine)
        {
            if (moved[partition])
            {
                return true;
            }
        }

        return false;
    }

    public void Wake()
    {
        if (_signal.CurrentCount == 0)
        {
            try
            {
                _signal.Release();
            }
            catch (SemaphoreFullException)
            {
                // Already awake.
            }
        }
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _tail.Unregister(this);
            Release();
        }
    }

    private void Release()
    {
        foreach (var block in _held)
        {
            block.Release();
        }

        _held.Clear();
        _slices.Clear();
    }

    private bool IsBehind()
    {
        foreach (var partition in _mine)
        {
            if (_tail.Head(partition) > _next[partition])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Walks blocks of this process. False: something before the next one has to come from the server.</summary>
    private bool TakeMemory()
    {
        while (_seq <= _tail.LastSeq && _slices.Count == 0)
        {
            Release();
            if (!_tail.Cache.TryTake(_seq, Storage.Limits.ReadBytes, _held))
            {
                // They left memory: the server has them.
                _seq = _tail.LastSeq + 1;
                return !IsBehind();
            }

            foreach (var block in _held)
            {
                if (HasGap(block))
                {
                    return false;
                }

                _seq = block.Seq + 1;
                foreach (var partition in _mine)
                {
                    if (block.Counts[partition] > 0 && block.Next[partition] > _next[partition])
                    {
                        Add(partition, block.FirstOffset(partition), block.Counts[partition], block.At, block.Slice(partition));
                    }
                }
            }
        }

        return true;
    }

    /// <summary>Another process, or another transaction of this one, appended before the block.</summary>
    private bool HasGap(Block block)
    {
        foreach (var partition in _mine)
        {
            if (block.Counts[partition] > 0 && block.FirstOffset(partition) > _next[partition])
            {
                return true;
            }
        }

        return false;
    }

    private async Task ReadServerAsync(CancellationToken cancellation)
    {
        var behind = Array.FindAll(_mine, partition => _tail.Head(partition) > _next[partition]);
        Release();
        var chunks = await _reads.ReadAsync(Array.ConvertAll(behind, partition => new ReadWish(partition, _next[partition], _at[partition], _rows)), cancellation).ConfigureAwait(false);
        foreach (var (partition, first, count, at, bytes) in chunks)
        {
            Add(partition, first, count, at, bytes);
        }

        // The server looks at all these rows to hand out so many bytes: about as many as it takes.
        var taken = chunks.Count / behind.Length;
        _rows = taken * 4 > _rows * 3 ? Math.Min(_rows * 2, Limits.ReadRowsMax) : taken * 4 < _rows ? Math.Max(_rows / 2, Limits.ReadRowsMin) : _rows;

        if (_slices.Count == 0)
        {
            throw new InvalidOperationException($"The log of partition {behind[0]} goes on behind offset {_next[behind[0]]}, but its records are gone: a reader began behind the floor. Read older records from the history.");
        }
    }

    private void Add(int partition, long first, int count, long at, ReadOnlyMemory<byte> bytes)
    {
        if (first > _next[partition])
        {
            throw new InvalidOperationException($"Partition {partition} goes on at offset {first} where {_next[partition]} is wanted: a reader began behind the floor, or the log is damaged.");
        }

        while (first < _next[partition])
        {
            bytes = bytes[RecordView.ReadHead(bytes.Span, out _, out _)..];
            first++;
            count--;
        }

        _slices.Add(new LogSlice(partition, first, count, at, bytes));
        _next[partition] = first + count;
        _at[partition] = at;
    }
}
