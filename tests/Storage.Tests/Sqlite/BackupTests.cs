using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Storage.Sqlite;
using Triggers.Storage.Sqlite.Backups;
using Triggers.Storage.Sqlite.Upkeep;
using Triggers.Storage.Tests.Compliance;
using Triggers.Storage.Tests.Moving;

namespace Triggers.Storage.Tests.Sqlite;

/// <summary>Back-up, restore and compaction of a data folder.</summary>
public sealed class BackupTests : IAsyncLifetime
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann");
    private SqliteHarness _harness = null!;
    private string _root = null!;

    private string Backup => Path.Combine(_root, "backup");

    private string Restored => Path.Combine(_root, "restored");

    public async Task InitializeAsync()
    {
        _root = Directory.CreateTempSubdirectory("triggers-backup-").FullName;
        _harness = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false, RunBytes = 1, RunsToMerge = 1000 });
    }

    public async Task DisposeAsync()
    {
        await _harness.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restored_back_up_is_the_store_as_it_was_at_that_instant(bool running)
    {
        await FillAsync(40);
        File.WriteAllText(Path.Combine(_harness.Folder, "management.key"), "a key");
        var contents = StoreContents.Of(_harness.Store);
        if (!running)
        {
            await _harness.Store.DisposeAsync();
        }

        var manifest = TakeBackup();
        if (running)
        {
            await FillAsync(10);
        }

        new StoreRestore(Backup, Restored).Run(pauseSending: false);

        Assert.Equal((80L, 40L), (manifest.Records, manifest.Queued));
        Assert.Equal("a key", File.ReadAllText(Path.Combine(Restored, "management.key")));
        await using var restored = await OpenAsync(Restored);
        Assert.Equal(contents, StoreContents.Of(restored));
    }

    [Fact]
    public async Task A_back_up_under_load_is_one_instant_of_it()
    {
        await FillAsync(20);
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await FillAsync(5);
                await _harness.SettleAsync();
            }
        });
        for (var round = 0; round < 5; round++)
        {
            var (backup, folder) = (Backup + round, Restored + round);
            var manifest = new StoreBackup(_harness.Folder, backup, [], _harness.Time).Run();
            new StoreRestore(backup, folder).Run(pauseSending: false);
            await using var restored = await OpenAsync(folder);
            var recovery = restored.Recover();

            // Each round of the load appends two records, commits them, counts one, queues one and flushes one: they agree at every instant between commits.
            Assert.Equal(manifest.Records, recovery.Partitions.Sum(mark => mark.Head));
            Assert.Equal(recovery.Counters["decided"], restored.Outbox.Depth().Count);
            Assert.Equal(recovery.Counters["decided"], manifest.Queued);
            Assert.Equal(recovery.Counters["decided"] * 2, recovery.Partitions.Sum(mark => mark.Cursor));
            Assert.Equal(recovery.Counters["decided"], restored.Customers.Count);
            Assert.Equal(manifest.Records, Enumerable.Range(0, restored.Info.Partitions).Sum(partition => restored.History.ReadAll(partition).LongCount()));
        }

        await stop.CancelAsync();
        await load;
    }

    [Fact]
    public async Task A_restored_store_begins_with_sending_paused_and_says_why()
    {
        await FillAsync(1);
        TakeBackup();

        new StoreRestore(Backup, Restored).Run(pauseSending: true);

        await using var restored = await OpenAsync(Restored);
        Assert.Contains("restored from a back-up of 2025-06-15 15:06:40Z", PausedSending.ReasonOf(restored.Settings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("store.db")]
    [InlineData("management.key")]
    public async Task A_damaged_back_up_is_refused_and_leaves_nothing(string name)
    {
        await FillAsync(5);
        File.WriteAllText(Path.Combine(_harness.Folder, "management.key"), "a key");
        TakeBackup();
        var path = Path.Combine(Backup, name);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);

        var error = Assert.Throws<BackupRefusedException>(() => new StoreRestore(Backup, Restored).Run(pauseSending: true));

        Assert.Contains($"is damaged: {name} has", error.Message, StringComparison.Ordinal);
        Assert.Equal(["store.lock"], Directory.GetFileSystemEntries(Restored).Select(Path.GetFileName));
        File.Delete(path);
        error = Assert.Throws<BackupRefusedException>(() => new StoreRestore(Backup, Restored).Run(pauseSending: true));
        Assert.Contains($"{name} is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_back_up_and_what_is_in_use_is_refused()
    {
        await FillAsync(1);
        Assert.Contains("is not a data folder", Assert.Throws<BackupRefusedException>(() => new StoreBackup(_root, Backup, [], _harness.Time).Run()).Message, StringComparison.Ordinal);
        Assert.Contains("has no manifest.json", Assert.Throws<BackupRefusedException>(() => new StoreRestore(_harness.Folder, Restored)).Message, StringComparison.Ordinal);
        TakeBackup();
        Assert.Contains("overwrites nothing", Assert.Throws<BackupRefusedException>(TakeBackup).Message, StringComparison.Ordinal);
        Assert.Contains("is not empty", Assert.Throws<BackupRefusedException>(() => new StoreRestore(Backup, _harness.Folder).Run(pauseSending: true)).Message, StringComparison.Ordinal);
        var manifest = Path.Combine(Backup, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"format\": ", "\"format\": 9", StringComparison.Ordinal));
        Assert.Contains("with a newer version", Assert.Throws<BackupRefusedException>(() => new StoreRestore(Backup, Restored)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_that_was_interrupted_keeps_servers_out_and_is_begun_again()
    {
        await FillAsync(5);
        TakeBackup();
        Directory.CreateDirectory(Restored);
        File.WriteAllText(Path.Combine(Restored, "store.db.restoring"), "half of it");

        var error = await Assert.ThrowsAsync<StoreUnrestoredException>(() => OpenAsync(Restored));

        Assert.Contains("was not finished", error.Message, StringComparison.Ordinal);
        new StoreRestore(Backup, Restored).Run(pauseSending: true);
        await using var restored = await OpenAsync(Restored);
        Assert.Equal(10, restored.Recover().Partitions.Sum(mark => mark.Head));
    }

    [Fact]
    public async Task A_cancelled_back_up_leaves_nothing_and_what_a_killed_one_left_is_overwritten()
    {
        await FillAsync(5);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        Assert.Throws<OperationCanceledException>(() => new StoreBackup(_harness.Folder, Backup, [], _harness.Time).Run(cancelled.Token));

        Assert.Empty(Directory.GetFileSystemEntries(_root));
        Directory.CreateDirectory(Backup + ".partial");
        File.WriteAllText(Path.Combine(Backup + ".partial", "store.db"), "half of it");
        TakeBackup();
        Assert.Equal([Backup], Directory.GetFileSystemEntries(_root));
        Assert.Equal(["manifest.json", "store.db"], Directory.GetFileSystemEntries(Backup).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Compaction_leaves_one_run_and_the_same_contents_in_less_room()
    {
        for (var round = 0; round < 6; round++)
        {
            await FillAsync(20);
            await _harness.SettleAsync();
        }

        await FillAsync(3);
        var contents = StoreContents.Of(_harness.Store);
        await _harness.Store.DisposeAsync();

        var result = await StoreCompaction.RunAsync(_harness.Folder, 0, _harness.Time, _ => { }, default);

        Assert.True(result.RunsBefore > 1, $"{result.RunsBefore} runs before");
        Assert.Equal((1, 0L), (result.RunsAfter, result.RecordsDropped));
        Assert.True(result.BlocksSorted > 0);
        Assert.True(result.BytesAfter < result.BytesBefore, $"{result}");
        Assert.DoesNotContain(Directory.GetFiles(_harness.Folder), file => file.EndsWith(".compacting", StringComparison.Ordinal));
        await using (var store = await OpenAsync(_harness.Folder))
        {
            Assert.Equal(contents, StoreContents.Of(store));
            Assert.True((await store.Log.AppendAsync(new RecordBatch().With(Ann, "next"), AppendLane.External)).IsOk);
        }

        result = await StoreCompaction.RunAsync(_harness.Folder, 30, new ManualTime { Ms = _harness.Time.Ms + (40L * 86_400_000) }, _ => { }, default);
        Assert.True(result.RecordsDropped > 100, $"{result}");
    }

    [Fact]
    public async Task A_folder_in_use_and_none_are_not_compacted()
    {
        await Assert.ThrowsAsync<StoreLockedException>(() => StoreCompaction.RunAsync(_harness.Folder, 0, _harness.Time, _ => { }, default));
        await Assert.ThrowsAsync<CompactionRefusedException>(() => StoreCompaction.RunAsync(_root, 0, _harness.Time, _ => { }, default));
    }

    private BackupManifest TakeBackup() => new StoreBackup(_harness.Folder, Backup, ["management.key", "not-there.json"], _harness.Time).Run();

    private Task<SqliteStore> OpenAsync(string folder) => SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = folder, MaintainsItself = false }, _harness.Time);

    private int _filled;

    /// <summary>Customers, each with two records that are committed, a message, a state and a count, all in one commit.</summary>
    private async Task FillAsync(int customers)
    {
        for (var i = 0; i < customers; i++)
        {
            var number = Interlocked.Increment(ref _filled);
            var key = CustomerKey.User($"c{number}");
            await _harness.AppendAsync((key, "first"), (key, "second"));
            await _harness.Store.CommitAsync(_harness.CommitOf(key, commit =>
            {
                commit.Counters[new Counter("decided")] = 1;
                commit.Messages.Add(Decisions.Of(number.ToString("x32"), key));
                commit.Checksums.Bytes([1, 0, 1, 0]);
                commit.Flushes.Add(new Flush(_harness.PartitionOf(key), _harness.Mark(key).Head, [], [new Snapshot(key.Hash(), long.MaxValue, StoreHarness.StateOf(key.Text, new string('s', 2000)))]));
            }));
        }
    }
}

file static class Batches
{
    public static RecordBatch With(this RecordBatch batch, CustomerKey key, string name)
    {
        batch.AddTrack(key, name, 0);
        return batch;
    }
}
