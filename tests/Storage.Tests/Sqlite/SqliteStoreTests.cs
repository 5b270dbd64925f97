using System.Globalization;
using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Storage.Sqlite;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Tests.Sqlite;

public sealed class SqliteStoreTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann");

    [Fact]
    public async Task A_second_store_on_the_same_folder_is_kept_out()
    {
        await using var harness = await SqliteHarness.OpenAsync();

        var error = await Assert.ThrowsAsync<StoreLockedException>(() => SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = harness.Folder }, TimeProvider.System));

        Assert.Contains(harness.Folder, error.Message);
    }

    [Fact]
    public async Task A_folder_of_a_newer_format_is_refused_and_left_alone()
    {
        await using var harness = await SqliteHarness.OpenAsync();
        await harness.Store.DisposeAsync();
        using (var database = SqliteDatabase.Open(Path.Combine(harness.Folder, "store.db"), readOnly: false))
        {
            database.Execute("PRAGMA user_version = 99");
        }

        var error = await Assert.ThrowsAsync<StoreTooNewException>(() => SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = harness.Folder }, TimeProvider.System));

        Assert.Contains("format 99", error.Message);
    }

    [Fact]
    public async Task A_folder_that_is_made_is_its_owners_alone_and_one_that_is_there_stays_as_it_is()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var parent = Directory.CreateTempSubdirectory("triggers-folder-").FullName;
        try
        {
            var made = Path.Combine(parent, "made");
            const UnixFileMode shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
            var found = Directory.CreateDirectory(Path.Combine(parent, "found"), shared).FullName;
            File.SetUnixFileMode(found, shared);

            await (await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = made }, TimeProvider.System)).DisposeAsync();
            await (await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = found }, TimeProvider.System)).DisposeAsync();

            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(made));
            Assert.Equal(shared, File.GetUnixFileMode(found));
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_one_clear_error()
    {
        var file = Path.GetTempFileName();

        var error = await Assert.ThrowsAsync<StoreFolderException>(() => SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = Path.Combine(file, "data") }, TimeProvider.System));

        Assert.Contains(file, error.Message);
        File.Delete(file);
    }

    [Fact]
    public async Task Appends_that_wait_together_become_one_block()
    {
        await using var harness = await SqliteHarness.OpenAsync();
        using var gate = new ManualResetEventSlim();
        var held = harness.Sqlite.Writer.Run(_ => gate.Wait(TimeSpan.FromSeconds(20)));
        var appends = Enumerable.Range(0, 50).Select(i => harness.AppendAsync((CustomerKey.User("c" + i), "x"))).ToList();

        gate.Set();
        await held;
        await Task.WhenAll(appends);

        // One transaction may have begun with the gate itself.
        Assert.InRange(harness.Sqlite.State.Log.LastSeq, 1, 2);
        Assert.Single(appends.Select(append => append.Result.At).Distinct());
    }

    [Fact]
    public async Task A_full_queue_refuses_what_comes_from_outside_and_nothing_else()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { ExternalQueueBytes = 1000 });
        using var gate = new ManualResetEventSlim();
        var started = new TaskCompletionSource();
        var held = harness.Sqlite.Writer.Run(_ =>
        {
            started.SetResult();
            return gate.Wait(TimeSpan.FromSeconds(20));
        });
        await started.Task.WaitAsync(TimeSpan.FromSeconds(20));
        using var large = new RecordBatch();
        large.AddTrack(Ann, new string('x', 900), 0);
        var first = harness.Store.Log.AppendAsync(large, AppendLane.External).AsTask();

        var refused = await harness.Store.Log.AppendAsync(large, AppendLane.External);
        var inside = harness.Store.Log.AppendAsync(large, AppendLane.Internal).AsTask();

        Assert.Equal(AppendStatus.Busy, refused.Status);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        gate.Set();
        await held;
        Assert.True((await first).IsOk);
        Assert.True((await inside).IsOk);
        Assert.Equal(2, (await harness.ReadAllAsync()).Count);
    }

    [Fact]
    public async Task A_full_disk_refuses_events_holds_commits_and_passes()
    {
        await using var harness = await SqliteHarness.OpenAsync();
        await harness.AppendAsync((Ann, "before"));
        await LimitPagesAsync(harness, extra: 2);
        using var large = new RecordBatch();
        large.AddTrack(Ann, new string('x', 200_000), 0);

        var refused = await harness.Store.Log.AppendAsync(large, AppendLane.External);
        var commit = harness.CommitOf(Ann, each =>
        {
            each.Counters[new Counter("c")] = 1;
            each.Records.AddAll(large);
        });
        var committing = harness.Store.CommitAsync(commit);
        var refusedAgain = await harness.Store.Log.AppendAsync(large, AppendLane.External);

        Assert.Equal((AppendStatus.Unavailable, TimeSpan.FromSeconds(5)), (refused.Status, refused.RetryAfter));
        Assert.Equal(AppendStatus.Unavailable, refusedAgain.Status);
        Assert.False(committing.IsCompleted);
        Assert.Equal(0, harness.Mark(Ann).Cursor);

        harness.Sqlite.Writer.BeforeTransaction = database => database.Execute("PRAGMA max_page_count = 1000000");
        await committing.WaitAsync(TimeSpan.FromSeconds(20));
        await TakesAgainAsync(harness);
        Assert.True((await harness.AppendAsync((Ann, "after"))).IsOk);
        Assert.Equal(1, harness.Mark(Ann).Cursor);
        Assert.Equal(1, harness.Store.Recover().Counters["c"]);
        Assert.Equal(["before", new string('x', 200_000), "after"], (await harness.ReadAllAsync()).Select(record => record.Name));
    }

    [Fact]
    public async Task A_store_that_refused_an_event_finds_out_by_itself_that_there_is_room_again()
    {
        await using var harness = await SqliteHarness.OpenAsync();
        await harness.AppendAsync((Ann, "before"));
        await LimitPagesAsync(harness, extra: 2);
        using var large = new RecordBatch();
        large.AddTrack(Ann, new string('x', 200_000), 0);
        Assert.False((await harness.Store.Log.AppendAsync(large, AppendLane.External)).IsOk);

        var refusing = harness.Store.Condition;
        harness.Sqlite.Writer.BeforeTransaction = database => database.Execute("PRAGMA max_page_count = 1000000");
        await TakesAgainAsync(harness);

        Assert.Equal(StoreMode.Refusing, refusing.Mode);
        Assert.StartsWith("The disk takes no more data: ", refusing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_moved_away_refuses_events_holds_commits_and_passes_when_it_is_back()
    {
        await using var harness = await SqliteHarness.OpenAsync();
        await harness.AppendAsync((Ann, "before"));
        var away = harness.Folder + "-away";

        Directory.Move(harness.Folder, away);
        var unasked = harness.Store.Condition;
        var refused = await harness.AppendAsync((Ann, "lost"));
        var committing = harness.Store.CommitAsync(harness.CommitOf(Ann));
        Directory.CreateDirectory(harness.Folder);
        await File.WriteAllTextAsync(Path.Combine(harness.Folder, "store.db"), "another file");
        var refusedAgain = await harness.AppendAsync((Ann, "lost"));
        var isHeld = !committing.IsCompleted;
        Directory.Delete(harness.Folder, recursive: true);
        Directory.Move(away, harness.Folder);

        Assert.Equal((StoreMode.Refusing, AppendStatus.Unavailable, AppendStatus.Unavailable), (unasked.Mode, refused.Status, refusedAgain.Status));
        Assert.Contains($"'{Path.Combine(harness.Folder, "store.db")}' or its write-ahead log was deleted, moved or replaced", refused.Reason, StringComparison.Ordinal);
        Assert.True(isHeld);
        await committing.WaitAsync(TimeSpan.FromSeconds(20));
        await TakesAgainAsync(harness);
        Assert.True((await harness.AppendAsync((Ann, "after"))).IsOk);
        await harness.ReopenAsync();
        Assert.Equal(["before", "after"], (await harness.ReadAllAsync()).Select(record => record.Name));
    }

    [Fact]
    public async Task A_commit_that_waits_for_a_full_disk_fails_once_the_store_is_given_up_and_the_store_closes()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false });
        await harness.AppendAsync((Ann, "before"));
        await LimitPagesAsync(harness, extra: 2);
        using var large = new RecordBatch();
        large.AddTrack(Ann, new string('x', 200_000), 0);
        var committing = harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Records.AddAll(large)));

        harness.Store.GiveUp();

        await Assert.ThrowsAsync<SqliteException>(() => committing.WaitAsync(TimeSpan.FromSeconds(20)));
        await harness.ReopenAsync();
        Assert.Equal(["before"], (await harness.ReadAllAsync()).Select(record => record.Name));
        Assert.Equal(0, harness.Mark(Ann).Cursor);
    }

    [Fact]
    public async Task Events_that_come_while_a_commit_is_found_not_to_fit_are_refused_too()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false });
        await harness.AppendAsync((Ann, "before"));
        await LimitPagesAsync(harness, extra: 2);
        using var reached = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var hook = harness.Sqlite.Writer.BeforeTransaction;
        harness.Sqlite.Writer.BeforeTransaction = database =>
        {
            harness.Sqlite.Writer.BeforeTransaction = hook;
            reached.Release();
            goOn.Wait(TimeSpan.FromSeconds(20));
        };
        using var large = new RecordBatch();
        large.AddTrack(Ann, new string('x', 200_000), 0);
        var committing = harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Records.AddAll(large)));
        Assert.True(await reached.WaitAsync(TimeSpan.FromSeconds(20)));
        var appending = harness.Store.Log.AppendAsync(large, AppendLane.External, null, default).AsTask();
        goOn.Release();

        Assert.Equal(AppendStatus.Unavailable, (await appending.WaitAsync(TimeSpan.FromSeconds(20))).Status);
        harness.Store.GiveUp();
        await Assert.ThrowsAsync<SqliteException>(() => committing.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_counter_that_was_first_named_in_a_transaction_that_failed_is_there_when_the_store_is_opened_again()
    {
        await using var harness = await SqliteHarness.OpenAsync();
        await harness.AppendAsync((Ann, "1"));
        using var gate = new ManualResetEventSlim();
        var started = new TaskCompletionSource();
        var held = harness.Sqlite.Writer.Run(_ =>
        {
            started.SetResult();
            return gate.Wait(TimeSpan.FromSeconds(20));
        });
        await started.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var other = harness.Sqlite.Writer.Run(_ => 0);
        var commit = harness.Store.CommitAsync(harness.CommitOf(Ann, each => each.Counters[new Counter("new")] = 3));
        var bad = harness.Sqlite.Writer.Run<int>(_ => throw new FormatException("bug"));

        gate.Set();
        await Task.WhenAll(held, other, commit);
        await Assert.ThrowsAsync<FormatException>(() => bad);
        await harness.ReopenAsync(killed: true);

        Assert.Equal(3, harness.Store.Recover().Counters["new"]);
    }

    [Fact]
    public async Task A_failing_item_fails_alone()
    {
        await using var harness = await SqliteHarness.OpenAsync();
        using var gate = new ManualResetEventSlim();
        var held = harness.Sqlite.Writer.Run(_ => gate.Wait(TimeSpan.FromSeconds(20)));
        var good = harness.AppendAsync((Ann, "1"));
        var bad = harness.Sqlite.Writer.Run<int>(transaction =>
        {
            transaction.Database.Execute("INSERT INTO Settings VALUES ('half', 'done')");
            throw new FormatException("bug");
        });
        var alsoGood = harness.Store.Settings.SetAsync("whole", "done");

        gate.Set();
        await held;
        await Assert.ThrowsAsync<FormatException>(() => bad);
        Assert.True((await good).IsOk);
        await alsoGood;
        await harness.ReopenAsync();

        Assert.Single(await harness.ReadAllAsync());
        Assert.Equal("done", harness.Store.Settings.Get("whole"));
        Assert.Null(harness.Store.Settings.Get("half"));
    }

    [Fact]
    public async Task A_reader_far_behind_reads_from_disk_what_left_memory()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { RecentLogBytes = 10_000, MaintainsItself = false });
        for (var i = 0; i < 30; i++)
        {
            await harness.AppendAsync((Ann, i + new string('x', 3000)), (CustomerKey.User("c" + i), "y"));
        }

        var records = await harness.ReadAllAsync();

        Assert.Equal(60, records.Count);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => i + new string('x', 3000)), records.Where(record => record.Key == Ann.Text).Select(record => record.Name));
    }

    [Fact]
    public async Task Sorted_blocks_are_deleted_and_a_reader_behind_them_is_told()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { RunBytes = 1, MaintainsItself = false });
        await harness.AppendAsync((Ann, "1"));
        await harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Flushes.Add(new Flush(harness.PartitionOf(Ann), 1, [], []))));
        await harness.SettleAsync();
        await harness.SettleAsync();

        Assert.Single(harness.Sqlite.Runs.Current);
        Assert.Equal(["1"], harness.Store.History.Read(Ann).Select(record => ReadRecord.Of(0, record).Name));
        await harness.ReopenAsync(killed: true);
        await harness.AppendAsync((Ann, "2"));
        Assert.Equal(["2"], (await harness.ReadAllAsync(new PartitionOffset(harness.PartitionOf(Ann), 1))).Select(record => record.Name));
        await Assert.ThrowsAsync<InvalidOperationException>(() => harness.ReadAllAsync(new PartitionOffset(harness.PartitionOf(Ann), 0)));
        Assert.Equal(["1", "2"], harness.Store.History.Read(Ann).Select(record => ReadRecord.Of(0, record).Name));
    }

    [Fact]
    public async Task The_bytes_of_an_erased_customer_leave_the_files()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false });
        await harness.AppendAsync((CustomerKey.User("erased-person"), "secret-deed"));
        await harness.Store.CommitAsync(harness.CommitOf(CustomerKey.User("erased-person"), commit => commit.Erased.Add("u:erased-person")));
        await harness.SettleAsync();
        await harness.Store.DisposeAsync();

        var bytes = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Path.Combine(harness.Folder, "store.db")));

        Assert.DoesNotContain("secret-deed", bytes);
        Assert.DoesNotContain("erased-person", bytes);
    }

    [Fact]
    public async Task The_WAL_stays_bounded_under_constant_writing()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { CheckpointBytes = 1 << 20 });
        using var batch = new RecordBatch();
        for (var i = 0; i < 50; i++)
        {
            batch.AddTrack(CustomerKey.User("c" + i), new string('x', 2000), 0);
        }

        for (var i = 0; i < 600; i++)
        {
            Assert.True((await harness.Store.Log.AppendAsync(batch, AppendLane.External)).IsOk);
        }

        Assert.InRange(new FileInfo(Path.Combine(harness.Folder, "store.db-wal")).Length, 1, 24 << 20);
    }

    [Fact]
    public async Task Background_work_goes_on_under_load()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { RunBytes = 1 });
        await harness.AppendAsync((Ann, "1"));
        await harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Indexed.Add(new IndexedCustomer("u:ann", null, null))));
        var settled = harness.SettleAsync();
        for (var i = 0; !settled.IsCompleted && i < 100_000; i++)
        {
            await Task.WhenAll(harness.AppendAsync((Ann, "2")), harness.AppendAsync((Ann, "3")), harness.AppendAsync((Ann, "4")));
        }

        await settled.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, harness.Sqlite.State.Search.PendingCount);
    }

    private static async Task TakesAgainAsync(SqliteHarness harness)
    {
        for (var patience = 0; harness.Store.Condition != StoreCondition.Taking; patience++)
        {
            Assert.True(patience < 2_000, "it still refuses");
            await Task.Delay(10);
        }
    }

    private static Task LimitPagesAsync(SqliteHarness harness, int extra)
        => harness.Sqlite.Writer.Run(transaction =>
        {
            var pages = transaction.Database.Scalar("PRAGMA page_count")!.Value;
            transaction.Database.Execute($"PRAGMA max_page_count = {pages + extra}");
            return true;
        });
}
