using System.Buffers;
using Triggers.Engine.Records;
using Triggers.Storage.Blocks;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Log;

/// <summary>One walk along the blocks for some of the partitions. Not for two threads at once.</summary>
internal sealed class SqliteLogReader : ILogReader
{
    private readonly LogState _state;
    private readonly ReadPool _pool;
    private readonly int _partitions;
    private readonly int[] _mine;
    private readonly long[] _next;
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly List<Block> _held = [];
    private readonly List<LogSlice> _slices = [];
    private byte[] _buffer = [];
    private long _seq = -1;
    private bool _disposed;

    public SqliteLogReader(LogState state, ReadPool pool, int partitions, IReadOnlyList<PartitionOffset> from)
    {
        _state = state;
        _pool = pool;
        _partitions = partitions;
        _mine = new int[from.Count];
        _next = new long[partitions];
        for (var i = 0; i < from.Count; i++)
        {
            _mine[i] = from[i].Partition;
            _next[from[i].Partition] = from[i].Offset;
        }

        _state.Register(this);
    }

    public async ValueTask<IReadOnlyList<LogSlice>> ReadAsync(TimeSpan wait, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Release();
        if (_seq < 0)
        {
            FindStart();
        }

        while (true)
        {
            while (_seq <= _state.LastSeq)
            {
                cancellation.ThrowIfCancellationRequested();
                if (_state.Cache.TryTake(_seq, Storage.Limits.ReadBytes, _held))
                {
                    TakeHeld();
                }
                else
                {
                    ReadDisk();
                }

                if (_slices.Count > 0)
                {
                    return _slices;
                }

                Release();
            }

            if (!await _signal.WaitAsync(wait, cancellation).ConfigureAwait(false))
            {
                return [];
            }
        }
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
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _state.Unregister(this);
        Release();
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
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

    private void FindStart()
    {
        using var lease = _pool.Rent();
        var last = _state.LastSeq;
        var first = _state.FirstSeq;
        var start = last + 1;
        foreach (var partition in _mine)
        {
            start = Math.Min(start, BlockTable.FindBlockOf(lease.Database, _partitions, partition, _next[partition], first, last));
        }

        _seq = start;
    }

    private void TakeHeld()
    {
        foreach (var block in _held)
        {
            _seq = block.Seq + 1;
            foreach (var partition in _mine)
            {
                if (Wants(block, partition))
                {
                    Add(block, partition, block.Slice(partition));
                }
            }
        }
    }

    private void ReadDisk()
    {
        using var lease = _pool.Rent();
        using var statement = lease.Statement(BlockTable.SelectFrom).Bind(1, _seq);
        var used = 0;
        var from = _seq;
        while (used < Storage.Limits.ReadBytes && statement.Step())
        {
            var seq = statement.Int64(0);
            if (seq != _seq)
            {
                throw new InvalidOperationException($"The log's block {_seq} is gone (the next one is {seq}): a reader began behind the floor. Read older records from the history.");
            }

            var block = BlockTable.Read(_pool.Path, statement, _partitions);
            var body = statement.Blob(3);
            if (!Reserve(ref used, block))
            {
                block.Release();
                break;
            }

            foreach (var partition in _mine)
            {
                if (Wants(block, partition))
                {
                    var source = BlockTable.Slice(_pool.Path, block, body, partition);
                    source.CopyTo(_buffer.AsSpan(used));
                    Add(block, partition, _buffer.AsMemory(used, source.Length));
                    used += source.Length;
                }
            }

            _seq = seq + 1;
            block.Release();
        }

        if (_seq == from)
        {
            throw new InvalidOperationException($"The log's block {_seq} is gone: a reader began behind the floor. Read older records from the history.");
        }
    }

    /// <summary>Room for all wanted slices of the block. Slices already handed out point into the buffer, so it grows only while it is empty.</summary>
    private bool Reserve(ref int used, Block block)
    {
        var need = 0;
        foreach (var partition in _mine)
        {
            need += Wants(block, partition) ? block.Starts[partition + 1] - block.Starts[partition] : 0;
        }

        if (_buffer.Length - used >= need)
        {
            return true;
        }

        if (used > 0)
        {
            return false;
        }

        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(need, Storage.Limits.ReadBytes));
        return true;
    }

    private bool Wants(Block block, int partition) => block.Counts[partition] > 0 && block.Next[partition] > _next[partition];

    private void Add(Block block, int partition, ReadOnlyMemory<byte> bytes)
    {
        var first = block.FirstOffset(partition);
        var count = block.Counts[partition];
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

        _slices.Add(new LogSlice(partition, first, count, block.At, bytes));
        _next[partition] = first + count;
    }
}
