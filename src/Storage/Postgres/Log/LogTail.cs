using Triggers.Storage.Blocks;

namespace Triggers.Storage.Postgres.Log;

/// <summary>
/// The newest part of the log as this process knows it: its own appends in memory, and where every partition's log ends, also by others' appends.
/// Readers walk the memory, and read from the server what others appended or what has left memory.
/// </summary>
internal sealed class LogTail(int partitions, long cacheBytes) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly long[] _heads = new long[partitions];
    private readonly bool[] _moved = new bool[partitions];
    private PostgresLogReader[] _readers = [];
    private long _lastSeq;
    private long _lastAt;

    public BlockCache Cache { get; } = new(cacheBytes);

    public int Partitions => _heads.Length;

    /// <summary>The number of this process's newest block.</summary>
    public long LastSeq => Volatile.Read(ref _lastSeq);

    /// <summary>The largest <c>at</c> seen: what is appended next has no smaller one.</summary>
    public long LastAt => Volatile.Read(ref _lastAt);

    /// <summary>Offset after the last record known.</summary>
    public long Head(int partition) => Volatile.Read(ref _heads[partition]);

    /// <summary>Takes over the caller's reference to a block that is durable; <paramref name="heads"/>: where the logs ended before it.</summary>
    public void Publish(Block block, long at, ReadOnlySpan<long> heads)
    {
        if (block.Length == 0)
        {
            block.Release();
            return;
        }

        lock (_lock)
        {
            block.Place(_lastSeq + 1, at, heads);
            MoveAt(at);
            var next = block.Next.AsSpan().ToArray();
            var counts = block.Counts;
            Cache.Add(block);
            Volatile.Write(ref _lastSeq, _lastSeq + 1);
            for (var partition = 0; partition < counts.Length; partition++)
            {
                if (counts[partition] > 0)
                {
                    _moved[partition] = true;
                    Volatile.Write(ref _heads[partition], Math.Max(next[partition], _heads[partition]));
                }
            }

            Wake();
        }
    }

    /// <summary>Others appended.</summary>
    public void MoveHeads(IEnumerable<(int Partition, long Head, long At)> heads)
    {
        lock (_lock)
        {
            foreach (var (partition, head, at) in heads)
            {
                MoveAt(at);
                if (head > _heads[partition])
                {
                    Volatile.Write(ref _heads[partition], head);
                    _moved[partition] = true;
                }
            }

            Wake();
        }
    }

    public void Register(PostgresLogReader reader)
    {
        lock (_lock)
        {
            _readers = [.. _readers, reader];
        }
    }

    public void Unregister(PostgresLogReader reader)
    {
        lock (_lock)
        {
            _readers = Array.FindAll(_readers, each => each != reader);
        }
    }

    public void Dispose() => Cache.Dispose();

    private void MoveAt(long at) => Volatile.Write(ref _lastAt, Math.Max(_lastAt, at));

    /// <summary>Those whose partitions have something new: with a loop for each partition, waking all for each costs more than what they wake for.</summary>
    private void Wake()
    {
        foreach (var reader in _readers)
        {
            if (reader.IsConcerned(_moved))
            {
                reader.Wake();
            }
        }

        Array.Clear(_moved);
    }
}
