using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Storage;
using Triggers.Storage.Sqlite;

namespace Triggers.Bench;

/// <summary>What a read of 1,000 events did, into the store: cursors of every partition and some counters.</summary>
internal sealed class CommitStage : IStage
{
    private readonly string _folder = Directory.CreateTempSubdirectory("triggers-bench-").FullName;
    private readonly Counter[] _counters = [.. Enumerable.Range(0, 40).Select(number => new Counter($"segment/bench-{number}/size"))];
    private SqliteStore? _store;
    private PartitionMark[] _marks = [];
    private long _done;

    public string Name => "commit";

    public int Operations => Samples.Events;

    /// <summary>Everything that will be committed past is appended first.</summary>
    public async Task SetUpAsync()
    {
        _store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = _folder, MaintainsItself = false }, TimeProvider.System);
        long id = 0;
        using var records = Samples.Records(ref id);
        for (var i = 0; i < 100; i++)
        {
            await _store.Log.AppendAsync(records, AppendLane.Internal);
        }

        _marks = [.. _store.Recover().Partitions.Where(mark => mark.Head > mark.Cursor)];
    }

    public async Task RunAsync()
    {
        using var commit = new Commit();
        foreach (var mark in _marks)
        {
            commit.Advances.Add(new PartitionAdvance(mark.Partition, mark.Epoch, mark.Cursor + _done, mark.Cursor + _done + 1));
            commit.Checksums.Bytes([17, 1]);
        }

        _done++;

        foreach (var counter in _counters)
        {
            commit.Counters[counter] = 3;
        }

        await _store!.CommitAsync(commit);
    }

    public async ValueTask DisposeAsync()
    {
        await _store!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
