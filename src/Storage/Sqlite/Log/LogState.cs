using Triggers.Storage.Blocks;
namespace Triggers.Storage.Sqlite.Log;

/// <summary>Where the log stands, shared by the writer, which moves it after each commit, and by readers, whom it wakes.</summary>
internal sealed class LogState(BlockCache cache, long firstSeq, long lastSeq)
{
    private readonly Lock _lock = new();
    private SqliteLogReader[] _readers = [];
    private long _firstSeq = firstSeq;
    private long _lastSeq = lastSeq;

    public BlockCache Cache { get; } = cache;

    /// <summary>The oldest block still there; last + 1: none.</summary>
    public long FirstSeq => Volatile.Read(ref _firstSeq);

    public long LastSeq => Volatile.Read(ref _lastSeq);

    public void Publish(Block block)
    {
        Cache.Add(block);
        Volatile.Write(ref _lastSeq, block.Seq);
        foreach (var reader in Volatile.Read(ref _readers))
        {
            reader.Wake();
        }
    }

    public void DeletedBelow(long firstSeq) => Volatile.Write(ref _firstSeq, firstSeq);

    public void Register(SqliteLogReader reader)
    {
        lock (_lock)
        {
            Volatile.Write(ref _readers, [.. _readers, reader]);
        }
    }

    public void Unregister(SqliteLogReader reader)
    {
        lock (_lock)
        {
            Volatile.Write(ref _readers, Array.FindAll(_readers, each => each != reader));
        }
    }
}
