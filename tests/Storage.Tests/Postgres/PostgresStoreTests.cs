using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Storage.Postgres;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Tests.Compliance;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Postgres;

/// <summary>What only PostgreSQL has: several processes, connections that break, tables by day.</summary>
[NeedsPostgres]
public sealed class PostgresStoreTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann"), Bob = CustomerKey.User("bob");

    [EngineFact]
    public async Task Processes_that_append_to_the_same_partitions_at_once_make_one_dense_log_that_each_of_them_reads()
    {
        await using var harness = await PostgresHarness.OpenAsync(options => options with { IsShared = true });
        await using var other = await PostgresStore.OpenAsync(harness.Options, harness.Time);
        using var reader = harness.Store.Log.OpenReader([.. Enumerable.Range(0, harness.Store.Log.Partitions).Select(partition => new PartitionOffset(partition, 0))]);
        var reading = Task.Run(async () =>
        {
            var records = new List<ReadRecord>();
            while (records.Count < 400)
            {
                var slices = await reader.ReadAsync(TimeSpan.FromSeconds(30), default);
                Assert.NotEmpty(slices);
                records.AddRange(slices.SelectMany(ReadRecord.Of));
            }

            return records;
        });

        await Task.WhenAll(AppendAsync(harness.Store, "here"), AppendAsync(other, "there"));

        var read = await reading.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(200, read.Count(record => record.Key.EndsWith("there", StringComparison.Ordinal)));
        foreach (var partition in read.GroupBy(record => record.Partition))
        {
            Assert.Equal(Enumerable.Range(0, partition.Count()).Select(offset => (long)offset), partition.Select(record => record.Offset));
            Assert.Equal(partition.Select(record => record.At).Order(), partition.Select(record => record.At));
        }

        foreach (var customer in read.GroupBy(record => record.Key))
        {
            Assert.Equal(customer.Select(record => int.Parse(record.Name)).Order(), customer.Select(record => int.Parse(record.Name)));
        }
    }

    /// <summary>A shop with a few events a day would reach the bytes of a run in years.</summary>
    [EngineFact]
    public async Task Many_small_chunks_of_a_partition_are_sorted_though_their_bytes_are_few()
    {
        await using var harness = await PostgresHarness.OpenAsync(options => options with { RunChunks = 20 });
        var server = await PostgresServer.SharedAsync();
        async Task<long> ChunksAsync()
        {
            await server.ExecuteAsync($"UPDATE {harness.Schema}.partitions SET floor = 1000");
            await harness.SettleAsync();
            return (long)(await server.ScalarAsync($"SELECT count(*) FROM {harness.Schema}.log_chunks"))!;
        }

        for (var number = 0; number < 19; number++)
        {
            await harness.AppendAsync((Ann, $"{number}"));
        }

        Assert.Equal(19, await ChunksAsync());
        await harness.AppendAsync((Ann, "19"));

        Assert.Equal(0, await ChunksAsync());
        Assert.Equal(Enumerable.Range(0, 20).Select(number => $"{number}"), harness.Store.History.Read(Ann).Select(record => ReadRecord.Of(0, record).Name));
    }

    [EngineFact]
    public async Task Messages_are_vacuumed_by_their_number_with_their_indexes_unless_somebody_has_set_it_otherwise()
    {
        await using var harness = await PostgresHarness.OpenAsync();
        var server = await PostgresServer.SharedAsync();
        async Task<string> OptionsAsync() => (string)(await server.ScalarAsync($"SELECT array_to_string(reloptions, ' ') FROM pg_class WHERE oid = '{harness.Schema}.messages'::regclass"))!;
        Assert.Contains("autovacuum_vacuum_scale_factor=0 autovacuum_vacuum_threshold=200000 vacuum_index_cleanup=on", await OptionsAsync());

        await server.ExecuteAsync($"ALTER TABLE {harness.Schema}.messages SET (autovacuum_vacuum_threshold = 7)");
        await harness.ReopenAsync();

        Assert.Contains("autovacuum_vacuum_threshold=7", await OptionsAsync());
    }

    /// <summary>As silos do, which have a reader for each partition: what they want from the server is asked for together.</summary>
    [EngineFact]
    public async Task Each_of_many_readers_gets_what_another_process_appends_to_its_partition()
    {
        await using var harness = await PostgresHarness.OpenAsync(options => options with { IsShared = true });
        await using var other = await PostgresStore.OpenAsync(harness.Options, harness.Time);
        var keys = Enumerable.Range(0, 400).Select(number => CustomerKey.User($"{number}")).ToArray();
        var reading = Enumerable.Range(0, harness.Store.Log.Partitions).Select(partition => Task.Run(async () =>
        {
            var wanted = 2 * keys.Count(key => harness.PartitionOf(key) == partition);
            using var reader = harness.Store.Log.OpenReader([new PartitionOffset(partition, 0)]);
            var records = new List<ReadRecord>();
            while (records.Count < wanted)
            {
                records.AddRange((await reader.ReadAsync(TimeSpan.FromSeconds(30), default)).SelectMany(ReadRecord.Of));
            }

            Assert.All(records, record => Assert.Equal(partition, record.Partition));
            Assert.Equal(Enumerable.Range(0, wanted).Select(offset => (long)offset), records.Select(record => record.Offset));
        })).ToArray();

        foreach (var some in keys.Chunk(20))
        {
            using var batch = new RecordBatch();
            Array.ForEach(some, key => batch.AddTrack(key, "event", 0));
            await Task.WhenAll(other.Log.AppendAsync(batch, AppendLane.External).AsTask(), harness.Store.Log.AppendAsync(batch, AppendLane.External).AsTask());
        }

        await Task.WhenAll(reading).WaitAsync(TimeSpan.FromSeconds(120));
    }

    [EngineFact]
    public async Task Processes_that_are_first_at_the_same_time_make_the_tables_once()
    {
        var server = await PostgresServer.SharedAsync();
        var options = new PostgresStoreOptions { ConnectionString = server.ConnectionString("first_" + Guid.NewGuid().ToString("N")), IsShared = true };

        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => PostgresStore.OpenAsync(options, TimeProvider.System))));

        Assert.Single(stores.Select(store => Convert.ToHexString(store.Info.Secret)).Distinct());
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [EngineFact]
    public async Task A_partition_belongs_to_the_higher_epoch_whichever_process_commits()
    {
        await using var harness = await PostgresHarness.OpenAsync(options => options with { IsShared = true });
        await using var other = await PostgresStore.OpenAsync(harness.Options, harness.Time);
        await harness.AppendAsync((Ann, "1"), (Bob, "1"));
        await other.CommitAsync(Commit(Ann, epoch: 2, to: 0));

        await Assert.ThrowsAsync<EpochLostException>(() => harness.Store.CommitAsync(Commit(Ann, epoch: 1, to: 1)));
        await Task.WhenAll(harness.Store.CommitAsync(Commit(Bob, epoch: 1, to: 1)), other.CommitAsync(Commit(Ann, epoch: 2, to: 1)));

        Assert.Equal((2L, 1L), (harness.Mark(Ann).Epoch, harness.Mark(Ann).Cursor));
        Assert.Equal((1L, 1L), (harness.Mark(Bob).Epoch, harness.Mark(Bob).Cursor));
        Assert.Equal(2, other.Recover().Counters["c"]);
        Assert.Equal(1, other.CountersOf(harness.PartitionOf(Bob))["c"]);
        Assert.True(harness.Store.IsShared);

        Commit Commit(CustomerKey key, long epoch, long to)
        {
            var commit = new Commit();
            commit.Advances.Add(new PartitionAdvance(harness.PartitionOf(key), epoch, 0, to));
            commit.Counters[new Counter("c")] = to;
            return commit;
        }
    }

    [EngineFact]
    public async Task A_message_that_two_processes_close_at_once_has_one_outcome()
    {
        await using var harness = await PostgresHarness.OpenAsync(options => options with { IsShared = true });
        await using var other = await PostgresStore.OpenAsync(harness.Options, harness.Time);
        var ids = Enumerable.Range(0, 50).Select(number => number.ToString("x32")).ToArray();
        await harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Messages.AddRange(ids.Select(id => Decisions.Of(id, Ann)))));

        var closed = await Task.WhenAll(ids.SelectMany(id => new[] { CloseAsync(harness.Store, id), CloseAsync(other, id) }));

        Assert.Equal(ids.Length, closed.Sum());
        Assert.Equal(ids.Length, harness.Store.Recover().Partitions.Sum(mark => mark.Head));

        static async Task<int> CloseAsync(IStore store, string id)
        {
            using var outcome = new RecordBatch();
            outcome.AddOutcome("u:ann"u8, OutcomeKind.Sent, 5, Convert.FromHexString(id), "");
            return await store.Outbox.CloseAsync([new OutboxClose(id, MessageStatus.Sent, "", 5, 1)], outcome);
        }
    }

    [EngineFact]
    public async Task What_one_process_sets_the_others_are_told()
    {
        await using var harness = await PostgresHarness.OpenAsync(options => options with { IsShared = true });
        await using var other = await PostgresStore.OpenAsync(harness.Options, harness.Time);
        using var told = new SemaphoreSlim(0);
        other.Settings.Changed += () => told.Release();

        await harness.Store.Settings.SetAsync("sending", "paused");

        Assert.True(await told.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("paused", other.Settings.Get("sending"));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => (number % 2 == 0 ? other : harness.Store).Settings.UpdateAsync("sending", text => Task.FromResult<string?>(text + "x"))));
        harness.Store.Settings.Refresh();
        Assert.Equal("paused" + new string('x', 20), harness.Store.Settings.Get("sending"));
    }

    [EngineFact]
    public async Task A_single_process_keeps_others_out_and_a_cluster_keeps_a_single_process_out()
    {
        await using var harness = await PostgresHarness.OpenAsync();

        var error = await Assert.ThrowsAsync<DatabaseLockedException>(() => PostgresStore.OpenAsync(harness.Options, harness.Time));
        await Assert.ThrowsAsync<DatabaseLockedException>(() => PostgresStore.OpenAsync(harness.Options with { IsShared = true }, harness.Time));

        Assert.Contains("triggers on 127.0.0.1", error.Message);
        Assert.DoesNotContain("not-to-be-shown", error.Message);
    }

    [EngineFact]
    public async Task Connections_that_are_cut_again_and_again_neither_lose_nor_double_anything()
    {
        var name = "cut" + Guid.NewGuid().ToString("N")[..20];
        await using var harness = await PostgresHarness.OpenAsync(options => options with { ConnectionString = $"{options.ConnectionString};Application Name={name}" });
        var server = await PostgresServer.SharedAsync();
        using var stop = new CancellationTokenSource();
        var cutting = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}' AND state <> 'idle'");
                await Task.Delay(1);
            }
        });
        const int Rounds = 150;
        using var batch = new RecordBatch();
        batch.AddTrack(Ann, "x", 0);
        var partition = harness.PartitionOf(Ann);
        var handed = 0;
        harness.Store.Outbox.Queued += messages => handed += messages.Count;
        for (var i = 0; i < Rounds; i++)
        {
            Assert.True((await harness.Store.Log.AppendAsync(batch, AppendLane.Internal)).IsOk);
            var commit = new Commit();
            commit.Advances.Add(new PartitionAdvance(partition, 0, i, i + 1));
            commit.Counters[new Counter("c")] = 1;
            commit.Messages.Add(Decisions.Of(i.ToString("x32"), Ann));
            await harness.Store.CommitAsync(commit).WaitAsync(TimeSpan.FromSeconds(60));
        }

        await stop.CancelAsync();
        await cutting;

        Assert.Equal((Rounds, Rounds), (harness.Mark(Ann).Head, harness.Mark(Ann).Cursor));
        Assert.Equal(Rounds, harness.Store.Recover().Counters["c"]);
        Assert.Equal(Rounds, handed);
        Assert.Equal(Rounds, (await harness.ReadAllAsync()).Count);
        var generations = (long)(await server.ScalarAsync($"SELECT sum(generation) FROM {harness.Schema}.writers"))!;
        Assert.True(generations > 4, $"connections were cut {generations - 2} times: too seldom to show anything");
    }

    [EngineFact]
    public async Task Tables_of_the_log_that_cannot_be_made_do_not_end_the_writers()
    {
        await using var harness = await PostgresHarness.OpenAsync();
        await harness.AppendAsync((Ann, "1"));
        harness.Time.Ms += (long)TimeSpan.FromDays(60).TotalMilliseconds;

        // A type of the table's name is in its way.
        var taken = $"{harness.Schema}.{new TimeRange(harness.Time.Ms - (harness.Time.Ms % (long)TimeSpan.FromDays(30).TotalMilliseconds), 0).Table("log_chunks")}";
        var server = await PostgresServer.SharedAsync();
        await server.ExecuteAsync($"CREATE DOMAIN {taken} AS int");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => harness.AppendAsync((Ann, "2")).WaitAsync(TimeSpan.FromSeconds(30)));
        using var forBob = new RecordBatch();
        forBob.AddTrack(Bob, "3", harness.Time.Ms);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(
            () => harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Records.AddAll(forBob))).WaitAsync(TimeSpan.FromSeconds(30)));
        await server.ExecuteAsync($"DROP DOMAIN {taken}");

        Assert.True((await harness.AppendAsync((Ann, "4")).WaitAsync(TimeSpan.FromSeconds(30))).IsOk);
        await harness.Store.CommitAsync(harness.CommitOf(Ann)).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["1", "4"], (await harness.ReadAllAsync()).Select(record => record.Name));
    }

    [EngineFact]
    public async Task Any_text_comes_back_as_it_was()
    {
        await using var harness = await PostgresHarness.OpenAsync();
        var odd = CustomerKey.User("a\0b\uE000c\U0001F600");
        await harness.Store.CommitAsync(harness.CommitOf(odd, commit =>
        {
            commit.Indexed.Add(new IndexedCustomer(odd.Text, "x\0@example.com", "\uE0000"));
            commit.Messages.Add(Decisions.Of("00000000000000000000000000000001", odd));
        }));

        Assert.Equal(new IndexedCustomer(odd.Text, "x\0@example.com", "\uE0000"), Assert.Single(harness.Store.Search.Find("a\0", 5)));
        Assert.Equal(odd.Text, harness.Store.Messages.Find("00000000000000000000000000000001")!.CustomerKey);
    }

    [EngineFact]
    public async Task A_reader_far_behind_reads_from_the_server_what_left_memory()
    {
        await using var harness = await PostgresHarness.OpenAsync(options => options with { RecentLogBytes = 10_000 });
        for (var i = 0; i < 30; i++)
        {
            await harness.AppendAsync((Ann, i + new string('x', 300_000)), (CustomerKey.User("c" + i), "y"));
        }

        var records = await harness.ReadAllAsync();

        Assert.Equal(60, records.Count);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => i + new string('x', 300_000)), records.Where(record => record.Key == Ann.Text).Select(record => record.Name));
    }

    private static async Task AppendAsync(IStore store, string who)
    {
        using var batch = new RecordBatch();
        for (var i = 0; i < 50; i++)
        {
            batch.Clear();
            for (var customer = 0; customer < 4; customer++)
            {
                batch.AddTrack(CustomerKey.User($"{customer}-{who}"), i.ToString(), 0);
            }

            Assert.True((await store.Log.AppendAsync(batch, AppendLane.External)).IsOk);
        }
    }
}
