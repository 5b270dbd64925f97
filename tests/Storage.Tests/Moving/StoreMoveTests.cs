using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Storage.Moving;
using Triggers.Storage.Postgres;
using Triggers.Storage.Sqlite;
using Triggers.Storage.Tests.Compliance;
using Triggers.Storage.Tests.Sqlite;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Moving;

/// <summary>A data folder with everything in it, moved to a real PostgreSQL server.</summary>
[NeedsPostgres]
public sealed class StoreMoveTests : IAsyncLifetime
{
    private const int Customers = 40;
    private static readonly string[] s_searched = ["user", "mail", "name", "odd"];
    private static readonly CustomerKey Erased = CustomerKey.User("erased-secret");
    private readonly string _schema = "move" + Guid.NewGuid().ToString("N");
    private PostgresServer _server = null!;
    private SqliteHarness _source = null!;

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        _source = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false, RunBytes = 1, RunsToMerge = 100 });
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await _server.ExecuteAsync($"DROP SCHEMA IF EXISTS {_schema} CASCADE");
    }

    [EngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_comes_over_as_it_was_and_the_folder_stays_as_it_is(bool killed)
    {
        var contents = await FillAndStopAsync(killed);
        var bytes = FileHashes();

        await using (var move = await OpenMoveAsync())
        {
            Assert.False(move.IsResumed);
            await move.RunAsync();
            Assert.Equal((move.Items, move.Items * 2), (move.Copied, move.Verified));
        }

        Assert.Equal(bytes, FileHashes());
        await using var store = await OpenStoreAsync();
        Assert.Equal(contents, StoreContents.Of(store, s_searched));
    }

    [EngineTheory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_folder_whose_first_records_a_retention_has_dropped_comes_over(int newRecords)
    {
        await FillAndStopAsync(killed: false);
        _source.Time.Ms += 40L * 86_400_000;
        List<string> contents;
        await using (var kept = await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = _source.Folder, LogRetentionDays = 30, MaintainsItself = false }, _source.Time))
        {
            using var commit = new Commit();
            foreach (var mark in kept.Recover().Partitions)
            {
                commit.Advances.Add(new PartitionAdvance(mark.Partition, mark.Epoch, mark.Cursor, mark.Head));
                commit.Flushes.Add(new Flush(mark.Partition, mark.Head, [], []));
            }

            await kept.CommitAsync(commit);
            _source.Time.Ms += 31L * 86_400_000;
            using var batch = new RecordBatch();
            for (var record = 0; record < newRecords; record++)
            {
                batch.AddTrack(Key(record), "new", _source.Time.Ms);
            }

            await kept.Log.AppendAsync(batch, AppendLane.External);
            await kept.MaintainAsync();
            Assert.True(HistoryBeginning.Of(kept.Settings) > 0);
            contents = StoreContents.Of(kept, s_searched);
            Assert.Equal(newRecords, contents.Count(line => line.StartsWith("record|", StringComparison.Ordinal)));
        }

        await using (var move = await OpenMoveAsync())
        {
            await move.RunAsync();
        }

        await using var store = await OpenStoreAsync();
        Assert.Equal(contents, StoreContents.Of(store, s_searched));
        Assert.True(HistoryBeginning.Of(store.Settings) > 0);
    }

    [EngineFact]
    public async Task A_moved_store_goes_on_from_where_it_was()
    {
        await FillAndStopAsync(killed: false);
        await using (var move = await OpenMoveAsync())
        {
            await move.RunAsync();
        }

        await using var store = await OpenStoreAsync();
        var newest = store.Messages.List(null, null, null, null, 1)[0].Sequence;
        var records = store.Recover().Partitions.Sum(mark => mark.Head);
        _source.Time.Ms -= 1_000_000;
        using var batch = new RecordBatch();
        batch.AddTrack(Key(1), "after", _source.Time.Ms);
        var appended = await store.Log.AppendAsync(batch, AppendLane.External);
        var mark = store.Recover().Partitions[PartitionOf(Key(1))];
        var commit = new Commit();
        commit.Advances.Add(new PartitionAdvance(mark.Partition, mark.Epoch, mark.Cursor, mark.Head));
        commit.Messages.Add(Decisions.Of(MessageId(900), Key(1)));
        commit.Counters[new Counter("events")] = 1;
        commit.Flushes.Add(new Flush(mark.Partition, mark.Head, [], []));
        var counted = store.Recover().Counters["events"];
        await store.CommitAsync(commit);
        await store.Rejected.AddAsync([new RejectedEvent(0, 1, "shop", "no type", "{}")]);
        await store.MaintainAsync();

        Assert.Equal(ManualTime.Start + 9_000, appended.At);
        Assert.Equal(newest + 1, store.Messages.Find(MessageId(900))!.Sequence);
        Assert.Equal(counted + 1, store.Recover().Counters["events"]);
        Assert.Equal(records + 1, Enumerable.Range(0, store.Info.Partitions).Sum(partition => store.History.ReadAll(partition).LongCount()));
        Assert.Equal("after", ReadRecord.Of(0, store.History.Read(Key(1)).Last()).Name);
        Assert.Equal(store.Rejected.Total, store.Rejected.List(null, 1)[0].Sequence);

        // The erasure that was under way has been done here.
        Assert.Empty(store.PendingErasures());
        Assert.DoesNotContain(store.History.ReadAll(PartitionOf(Erased)), record => Encoding.UTF8.GetString(record.Bytes.Span).Contains("erased-secret", StringComparison.Ordinal));
    }

    [EngineFact]
    public async Task Interrupted_after_each_slice_it_goes_on_and_is_not_served_before_its_end()
    {
        var contents = await FillAndStopAsync(killed: true);
        var steps = new List<string>();
        for (var ended = false; !ended;)
        {
            using var stop = new CancellationTokenSource();
            await using (var move = await OpenMoveAsync(sliceBytes: 1000))
            {
                Assert.Equal(steps.Count > 0, move.IsResumed);
                move.SliceWritten = step =>
                {
                    steps.Add(step);
                    stop.Cancel();
                };
                try
                {
                    await move.RunAsync(stop.Token);
                    ended = true;
                }
                catch (OperationCanceledException)
                {
                }
            }

            if (!ended && steps.Count % 10 == 1)
            {
                await Assert.ThrowsAsync<StoreUnfinishedException>(OpenStoreAsync);
            }
        }

        Assert.True(steps.Count > 30, $"{steps.Count} slices");
        Assert.Equal(["runs", "tail", "checksums", "states", "messages", "mailbox", "rejected", "definition_versions", "definition_files", "imports", "lists", "list_members", "quality_counts", "violation_examples", "settings", "erasures", "search"], steps.Distinct());
        await using var store = await OpenStoreAsync();
        Assert.Equal(contents, StoreContents.Of(store, s_searched));
    }

    [EngineTheory]
    [InlineData("UPDATE customers SET due = due + 1 WHERE key = (SELECT key FROM customers LIMIT 1)", "states of partition")]
    [InlineData("DELETE FROM customers WHERE key = (SELECT key FROM customers LIMIT 1)", "states of partition")]
    [InlineData("UPDATE log_chunks SET bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1) WHERE next_offset = (SELECT min(next_offset) FROM log_chunks)", "records of partition")]
    [InlineData("DELETE FROM log_runs WHERE id = (SELECT min(id) FROM log_runs)", "records of partition")]
    [InlineData("UPDATE log_checksums SET bytes = set_byte(bytes, 0, get_byte(bytes, 0) # 1)", "checksums of partition")]
    [InlineData("UPDATE counters SET total = total + 1", "counter events")]
    [InlineData("UPDATE partitions SET floor = floor + 1 WHERE partition = 3", "partition 3 stands elsewhere")]
    [InlineData("UPDATE messages SET attempts = attempts + 1", "messages of partition")]
    [InlineData("UPDATE store SET secret = '\\x00'", "id and secret")]
    public async Task A_difference_is_named_and_the_copy_is_not_served(string damage, string named)
    {
        await FillAndStopAsync(killed: false);
        using var stop = new CancellationTokenSource();
        await using (var move = await OpenMoveAsync())
        {
            move.SliceWritten = step =>
            {
                if (step == "search")
                {
                    stop.Cancel();
                }
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => move.RunAsync(stop.Token));
        }

        await _server.ExecuteAsync($"SET search_path = {_schema}; {damage}");

        await using (var move = await OpenMoveAsync())
        {
            var error = await Assert.ThrowsAsync<MoveDiffersException>(() => move.RunAsync());
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<StoreUnfinishedException>(OpenStoreAsync);
    }

    [EngineFact]
    public async Task What_cannot_be_moved_is_refused()
    {
        await Assert.ThrowsAsync<StoreLockedException>(() => OpenMoveAsync());
        await FillAndStopAsync(killed: false);
        Assert.Contains("is not a data folder", (await Assert.ThrowsAsync<MoveRefusedException>(() => StoreMove.OpenAsync(_source.Folder + "-not", Place, _source.Time))).Message, StringComparison.Ordinal);

        await using (var served = await OpenStoreAsync())
        {
            await Assert.ThrowsAsync<DatabaseLockedException>(() => OpenMoveAsync());
            await served.Settings.SetAsync("used", "yes");
        }

        Assert.Contains("is not empty", await WhyRefusedAsync(), StringComparison.Ordinal);
        await _server.ExecuteAsync($"TRUNCATE {_schema}.settings");
        using (var stop = new CancellationTokenSource())
        {
            await using var move = await OpenMoveAsync();
            move.SliceWritten = _ => stop.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => move.RunAsync(stop.Token));
        }

        await using (var other = await SqliteHarness.OpenAsync())
        {
            await other.Store.DisposeAsync();
            Assert.Contains("another data folder", (await Assert.ThrowsAsync<MoveRefusedException>(() => StoreMove.OpenAsync(other.Folder, Place, _source.Time))).Message, StringComparison.Ordinal);
        }

        await _source.ReopenAsync();
        await _source.AppendAsync((Key(1), "meanwhile"));
        await _source.Store.DisposeAsync();
        Assert.Contains("was written since", await WhyRefusedAsync(), StringComparison.Ordinal);

        await _server.ExecuteAsync($"DROP SCHEMA {_schema} CASCADE");
        await using (var move = await OpenMoveAsync())
        {
            await move.RunAsync();
        }

        Assert.Contains("was moved", await WhyRefusedAsync(), StringComparison.Ordinal);
    }

    private PostgresStoreOptions Place => new() { ConnectionString = _server.ConnectionString(_schema), MaintainsItself = false, RunBytes = 1 };

    private static CustomerKey Key(int number) => CustomerKey.User(string.Create(CultureInfo.InvariantCulture, $"user-{number}"));

    private static string MessageId(int number) => number.ToString("x32", CultureInfo.InvariantCulture);

    private static int PartitionOf(CustomerKey key) => CustomerKey.PartitionOf(key.Hash(), 64);

    private Task<StoreMove> OpenMoveAsync(int sliceBytes = 4 << 20) => StoreMove.OpenAsync(_source.Folder, Place, _source.Time, sliceBytes);

    private async Task<string> WhyRefusedAsync() => (await Assert.ThrowsAsync<MoveRefusedException>(() => OpenMoveAsync())).Message;

    private Task<PostgresStore> OpenStoreAsync() => PostgresStore.OpenAsync(Place, _source.Time);

    private List<string> FileHashes()
        => [.. Directory.GetFiles(_source.Folder, "store.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal) && new FileInfo(file).Length > 0).Order()
            .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")];

    /// <summary>Two sorted runs and a tail, of several days; states of two flushes; every kind of row.</summary>
    private async Task<List<string>> FillAndStopAsync(bool killed)
    {
        var store = _source.Store;
        await store.Definitions.SaveAsync([new DefinitionFile("a.yaml", "a: 1"), new DefinitionFile("b/ü.yaml", "b: \uE000")], 5);
        await store.Definitions.SaveAsync([new DefinitionFile("a.yaml", "a: 2")], 6);
        await store.Settings.SetAsync("sending/paused", "1");
        await store.Lists.PutAsync("vip", await store.Lists.BeginAsync("vip", 7), ["ann", "b\uE000ö"]);
        await store.Lists.DoneAsync([new ListOrder("vip", "ann", true)]);
        await store.Lists.BeginAsync("empty", 8);
        await store.Quality.AddAsync(new QualityBatch(
            "one", 1, default,
            [new QualityCount(20_000, QualityKinds.Violation, "Paid\uE000", "total", "type", 2, 100, 200, "flag\na number"), new QualityCount(20_000, QualityKinds.Name, "Paid\uE000", "", "events", 9, 100, 200)],
            [new ViolationExample(200, "one", 1, "u:ann", "shop", "Paid\uE000", "total", "type", "a number", "the text 'x'", "flag")]));
        await RoundAsync("first", -200_000_000, flush: true);
        await _source.SettleAsync();
        await RoundAsync("second", -100_000_000, flush: true);
        await _source.SettleAsync();
        await RoundAsync("third", 0, flush: false);
        await MessagesAsync();
        await store.Rejected.AddAsync([new RejectedEvent(0, 1, "shop", "no type", "{}"), new RejectedEvent(0, 2, "shop", "bad\uE000", """{"userId":"erased-secret"}""")]);
        using (var rows = new RecordBatch())
        {
            rows.AddTrack(Key(2), "imported", ManualTime.Start - 1_000_000);
            await store.Log.AppendAsync(rows, AppendLane.External, new ImportMark("hash", "file.ndjson", 0, 100));
        }

        await EraseAsync();
        _source.Time.Ms = ManualTime.Start + 9_000;
        await _source.AppendAsync((Key(1), "last"));
        var contents = StoreContents.Of(store, s_searched);
        await (killed ? _source.Sqlite.AbandonAsync() : store.DisposeAsync().AsTask());
        return contents;
    }

    private async Task RoundAsync(string name, long ms, bool flush)
    {
        _source.Time.Ms = ManualTime.Start + ms;
        await _source.AppendAsync([.. Enumerable.Range(0, Customers).SelectMany(number => new[] { (Key(number), name), (Key(number), name + " again") }), (Erased, name)]);
        var commit = new Commit();
        foreach (var mark in _source.Store.Recover().Partitions)
        {
            commit.Advances.Add(new PartitionAdvance(mark.Partition, 7, mark.Cursor, mark.Head));
            for (var offset = mark.Cursor; offset < mark.Head; offset++)
            {
                commit.Checksums.Bytes([(byte)offset, (byte)mark.Partition]);
            }

            commit.Counters[new Counter("of\uE000" + name + mark.Partition)] = mark.Head - mark.Cursor;
            var mine = Enumerable.Range(0, Customers).Where(number => PartitionOf(Key(number)) == mark.Partition).ToList();
            commit.Indexed.AddRange(mine.Select(number => new IndexedCustomer(Key(number).Text, $"Mail-{number}@example.com", number % 3 == 0 ? null : $"Name {name} {number}")));
            if (flush)
            {
                var states = mine.Select(number => new Snapshot(Key(number).Hash(), number % 5 == 0 ? long.MaxValue : _source.Time.Ms + number, StoreHarness.StateOf(Key(number).Text, name + number)));
                commit.Flushes.Add(new Flush(mark.Partition, mark.Head, Encoding.UTF8.GetBytes(name), [.. states.Skip(name == "second" ? 1 : 0)]));
            }
        }

        commit.Counters[new Counter("events")] = commit.Advances.Sum(advance => advance.Records);
        await _source.Store.CommitAsync(commit);
    }

    /// <summary>One of each fate.</summary>
    private async Task MessagesAsync()
    {
        var store = _source.Store;
        var (messages, closed) = (Enumerable.Range(1, 9).Select(number => Decisions.Of(MessageId(number), Key(number), number % 2 == 0 ? "cart" : "welcome", number == 9 ? "webhook" : "email")).ToList(), new List<OutboxClose>());
        await store.CommitAsync(_source.CommitOf(Key(1), commit => commit.Messages.AddRange(messages)));
        await store.CommitAsync(_source.CommitOf(Key(1), commit => commit.Cancellations.Add(new Cancellation(Key(2).Text, null, null, "unsubscribed"))));
        await store.Outbox.RetryAsync(MessageId(3), 2, ManualTime.Start + 60_000, "no answer");
        closed.Add(new OutboxClose(MessageId(4), MessageStatus.Sent, "", ManualTime.Start, 1));
        closed.Add(new OutboxClose(MessageId(5), MessageStatus.Failed, "refused", ManualTime.Start, 6));
        closed.Add(new OutboxClose(MessageId(6), MessageStatus.Skipped, "stale", ManualTime.Start, 0));
        using var outcomes = new RecordBatch();
        outcomes.AddTrack(Key(4), "outcome", ManualTime.Start);
        await store.Outbox.CloseAsync(closed, outcomes);
        await store.Mailbox.AddAsync(new MailboxItem(0, MessageId(4), "shop", "you", "Hi\uE000", "<p>", "text", "headers", "cart", Key(4).Text, 1, false));
        await store.Mailbox.AddAsync(new MailboxItem(0, "a test", "shop", "me", "Hi", "<p>", "text", "headers", "", "", 1, true));
    }

    private async Task EraseAsync()
    {
        using var order = new RecordBatch();
        order.AddCommand(Encoding.UTF8.GetBytes(Erased.Text), CommandKind.Erase, "");
        await _source.Store.Log.AppendAsync(order, AppendLane.Internal);
        await _source.Store.CommitAsync(_source.CommitOf(Erased, commit => commit.Erased.Add(Erased.Text)));
    }
}
