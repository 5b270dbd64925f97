using System.Diagnostics;
using Triggers.Engine.Records;
using Triggers.Storage.Blocks;
using Triggers.Storage.Commits;
using Triggers.Storage.Measuring;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Lists;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.States;

namespace Triggers.Storage.Sqlite.Writing;

/// <summary>
/// One transaction in the making: what the items of a batch stage in memory and write into SQLite. Nothing staged is visible before
/// <see cref="Commit"/>, so a transaction that fails leaves no trace and its items may be applied again.
/// </summary>
internal sealed class WriteTransaction(SqliteDatabase database, WalSync wal, StoreState state) : IDisposable
{
    private const string InsertBlock = "INSERT INTO Blocks (Seq, At, Directory, Commits, Body) VALUES (?, ?, ?, ?, ?)";
    private readonly PartitionState[] _partitions = new PartitionState[state.Partitions.Length];
    private readonly long[] _heads = new long[state.Partitions.Length];
    private readonly BlockBuilder _block = new(state.Partitions.Length);
    private readonly CommitRow _commit = new();
    private readonly ByteWriter _directory = new(2048);
    private readonly List<Action> _afterCommit = [];
    private readonly List<QueuedMessage> _queued = [];
    private readonly List<(string Key, IndexedCustomer? Customer)> _indexed = [];
    private Block? _built;
    private long _queuedDelta;

    public SqliteDatabase Database => database;

    public StoreState State => state;

    public int PartitionCount => state.Partitions.Length;

    public ReadOnlySpan<PartitionState> Partitions => _partitions;

    /// <summary>The instant of everything in this transaction, never decreasing.</summary>
    public long At { get; private set; }

    /// <summary>The clock as it stands, which may have jumped back behind <see cref="At"/>.</summary>
    public long Now { get; private set; }

    public StateWriter States { get; } = new(database, state.Customers);

    public int RecordCount => _block.Records;

    public void Begin()
    {
        Reset();
        Now = state.Time.GetUtcNow().ToUnixTimeMilliseconds();
        At = Math.Max(state.LastAt, Now);
        state.Partitions.CopyTo(_partitions, 0);
        database.Execute("BEGIN IMMEDIATE");
    }

    public ref PartitionState Partition(int partition) => ref _partitions[partition];

    /// <summary>Records to append; they are copied when the block is built.</summary>
    public void Append(RecordBatch records) => _block.Add(records);

    /// <summary>Where the partition's log will end with what is appended so far in earlier transactions.</summary>
    public long Head(int partition) => _partitions[partition].Head;

    public void Advance(in PartitionAdvance advance, ReadOnlySpan<byte> checksums) => _commit.Advance(advance, checksums);

    public void Floor(int partition, long floor, byte[] floorState) => _commit.Floor(partition, floor, floorState);

    public void Count(string counter, long delta)
    {
        if (delta != 0)
        {
            _commit.Count(state.Counters.IdOf(counter), delta);
        }
    }

    /// <param name="customer">Null: the customer leaves the search index.</param>
    public void Index(string key, IndexedCustomer? customer)
    {
        _commit.Index(key, customer);
        _indexed.Add((key, customer));
    }

    public void Queue(QueuedMessage message) => _queued.Add(message);

    /// <summary>Changes the number of queued messages.</summary>
    public void CountQueued(int delta) => _queuedDelta += delta;

    /// <summary>With what this transaction has moved.</summary>
    public long NextImportRow(string sourceHash) => SqliteImports.NextRow(database, sourceHash);

    public void MoveImport(ImportMark mark)
    {
        database.Statement("INSERT INTO Imports (SourceHash, Name, NextRow, UpdatedAt) VALUES (?, ?, ?, ?) ON CONFLICT (SourceHash) DO UPDATE SET Name = excluded.Name, NextRow = excluded.NextRow, UpdatedAt = excluded.UpdatedAt")
            .Bind(1, mark.SourceHash).Bind(2, mark.Name).Bind(3, mark.NextRow).Bind(4, At).Run();
    }

    /// <summary>Runs on the writer's thread once the transaction is durable.</summary>
    public void AfterCommit(Action action) => _afterCommit.Add(action);

    /// <summary>Writes what is still staged into SQLite.</summary>
    public void Prepare()
    {
        States.Finish();

        // Whatever else is written: a transaction that failed may have left some.
        state.Counters.StoreNewNames(database);
        if (_block.Records > 0 || !_commit.IsEmpty)
        {
            for (var partition = 0; partition < _heads.Length; partition++)
            {
                _heads[partition] = _partitions[partition].Head;
            }

            _built = _block.Build(state.Log.LastSeq + 1, At, _heads);
            for (var partition = 0; partition < _heads.Length; partition++)
            {
                _partitions[partition].Head = _heads[partition];
            }

            _directory.Clear();
            BlockDirectory.Write(_built, _built.Body, _directory);
            database.Statement(InsertBlock)
                .Bind(1, _built.Seq).Bind(2, At).Bind(3, _directory.Written).Bind(4, _commit.Encode()).Bind(5, _built.Body.AsSpan(0, _built.Length)).Run();
        }
    }

    /// <summary>Makes it durable, then visible in memory. Queries see it in SQLite a little earlier: <see cref="StoreState.AwaitLanding"/>.</summary>
    public void Commit()
    {
        using (state.Landing.EnterScope())
        {
            Sync();
            Publish();
        }
    }

    private void Sync()
    {
        var beganAt = Stopwatch.GetTimestamp();
        database.Execute("COMMIT");
        wal.Sync();
        StorageMetrics.SyncSeconds.Record(Stopwatch.GetElapsedTime(beganAt).TotalSeconds);
    }

    /// <summary>Makes the committed visible: marks, index, cache, counters. Who sees a cursor sees what was counted up to it.</summary>
    private void Publish()
    {
        state.LastAt = At;
        lock (state.Gate)
        {
            state.Counters.Committed(_commit.Counters);
            _partitions.CopyTo(state.Partitions, 0);
        }

        state.HasUnfolded |= _built is not null;
        state.Search.AddPending(_indexed, state.Log.LastSeq + 1);
        state.AddQueued(_queuedDelta);
        States.Publish();
        if (_built is { } block)
        {
            _built = null;
            state.WrittenBytes += block.Length;
            state.Log.Publish(block);
        }

        foreach (var action in _afterCommit)
        {
            action();
        }
    }

    /// <summary>Messages queued by this transaction, for the pump.</summary>
    public IReadOnlyList<QueuedMessage> TakeQueued()
    {
        QueuedMessage[] queued = [.. _queued];
        _queued.Clear();
        return queued;
    }

    public void Rollback()
    {
        if (database.IsInTransaction)
        {
            database.Execute("ROLLBACK");
        }

        Reset();
    }

    public void Dispose()
    {
        Reset();
        _commit.Dispose();
        _directory.Dispose();
        States.Dispose();
    }

    private void Reset()
    {
        _block.Clear();
        _commit.Clear();
        _afterCommit.Clear();
        _queued.Clear();
        _indexed.Clear();
        _queuedDelta = 0;
        States.Clear();
        _built?.Release();
        _built = null;
    }
}
