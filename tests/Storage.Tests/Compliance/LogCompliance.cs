using Triggers.Engine.Records;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Compliance;

public abstract class LogCompliance : StoreTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann"), Bob = CustomerKey.User("bob"), Cid = CustomerKey.Anonymous("cid");

    [EngineFact]
    public async Task Appended_records_are_read_in_order_with_dense_offsets()
    {
        await Harness.AppendAsync((Ann, "1"), (Bob, "2"), (Ann, "3"));
        await Harness.AppendAsync((Ann, "4"), (Cid, "5"));

        var records = await Harness.ReadAllAsync();

        Assert.Equal(["1", "3", "4"], records.Where(record => record.Key == Ann.Text).Select(record => record.Name));
        Assert.Equal(5, records.Count);
        foreach (var partition in records.GroupBy(record => record.Partition))
        {
            Assert.Equal(Enumerable.Range(0, partition.Count()).Select(each => (long)each), partition.Select(record => record.Offset));
        }
    }

    [EngineFact]
    public async Task A_fact_goes_to_the_partition_it_names()
    {
        using var batch = new RecordBatch();
        batch.AddFact(5, FactKind.ProgramActivated, 3, "");
        await Store.Log.AppendAsync(batch, AppendLane.Internal);

        var record = Assert.Single(await Harness.ReadAllAsync());

        Assert.Equal((5, 0L, RecordKind.Fact), (record.Partition, record.Offset, record.Kind));
    }

    [EngineFact]
    public async Task A_reader_begins_inside_of_what_was_appended_together()
    {
        await Harness.AppendAsync((Ann, "1"), (Ann, "2"), (Ann, "3"));

        var records = await Harness.ReadAllAsync(new PartitionOffset(Harness.PartitionOf(Ann), 2));

        Assert.Equal(["3"], records.Select(record => record.Name));
    }

    [EngineFact]
    public async Task A_reader_gets_only_its_partitions()
    {
        await Harness.AppendAsync((Ann, "1"), (Bob, "2"));
        Assert.NotEqual(Harness.PartitionOf(Ann), Harness.PartitionOf(Bob));

        var records = await Harness.ReadAllAsync(new PartitionOffset(Harness.PartitionOf(Bob), 0));

        Assert.Equal(["2"], records.Select(record => record.Name));
    }

    [EngineFact]
    public async Task A_waiting_reader_wakes_when_something_is_appended()
    {
        using var reader = Store.Log.OpenReader([new PartitionOffset(Harness.PartitionOf(Ann), 0)]);
        var reading = reader.ReadAsync(TimeSpan.FromSeconds(30), default).AsTask();

        await Harness.AppendAsync((Ann, "1"));

        var slice = Assert.Single(await reading.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(1, slice.Count);
    }

    [EngineFact]
    public async Task A_reader_gives_nothing_when_its_wait_is_over()
    {
        using var reader = Store.Log.OpenReader([new PartitionOffset(0, 0)]);

        Assert.Empty(await reader.ReadAsync(TimeSpan.FromMilliseconds(20), default));
    }

    [EngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_acknowledged_is_there_after_a_restart(bool killed)
    {
        await Harness.AppendAsync((Ann, "1"), (Bob, "2"));
        await Harness.AppendAsync((Ann, "3"));
        var before = await Harness.ReadAllAsync();

        await Harness.ReopenAsync(killed);
        await Harness.AppendAsync((Ann, "4"));

        var after = await Harness.ReadAllAsync();
        Assert.Equal(before.OrderBy(record => record.Partition).ThenBy(record => record.Offset), after.Where(record => record.Name != "4").OrderBy(record => record.Partition).ThenBy(record => record.Offset));
        Assert.Equal(2, after.Single(record => record.Name == "4").Offset);
    }

    [EngineFact]
    public async Task A_clock_that_jumps_back_never_moves_at_back()
    {
        var first = await Harness.AppendAsync((Ann, "1"));
        Harness.Time.Ms -= 3_600_000;
        var second = await Harness.AppendAsync((Ann, "2"));
        await Harness.ReopenAsync();
        var third = await Harness.AppendAsync((Bob, "3"));
        await Harness.ReopenAsync(killed: true);
        var fourth = await Harness.AppendAsync((Bob, "4"));

        Assert.Equal(ManualTime.Start, first.At);
        Assert.Equal([first.At, first.At, first.At], new[] { second.At, third.At, fourth.At });
        Assert.All(await Harness.ReadAllAsync(), record => Assert.Equal(first.At, record.At));
    }

    [EngineFact]
    public async Task Time_that_passes_is_stamped()
    {
        await Harness.AppendAsync((Ann, "1"));
        Harness.Time.Ms += 1500;
        var second = await Harness.AppendAsync((Ann, "2"));

        Assert.Equal(ManualTime.Start + 1500, second.At);
    }

    [EngineFact]
    public async Task Appends_of_many_callers_are_each_there_once_and_in_their_callers_order()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            using var batch = new RecordBatch();
            for (var i = 0; i < 50; i++)
            {
                batch.Clear();
                batch.AddTrack(CustomerKey.User("c" + caller), i.ToString(), 0);
                batch.AddTrack(CustomerKey.User("other" + i), "x", 0);
                Assert.True((await Store.Log.AppendAsync(batch, AppendLane.External)).IsOk);
            }
        })));

        var records = await Harness.ReadAllAsync();

        Assert.Equal(800, records.Count);
        for (var caller = 0; caller < 8; caller++)
        {
            Assert.Equal(Enumerable.Range(0, 50).Select(i => i.ToString()), records.Where(record => record.Key == "u:c" + caller).Select(record => record.Name));
        }
    }

    [EngineFact]
    public async Task The_same_import_rows_are_taken_once()
    {
        using var batch = new RecordBatch();
        batch.AddTrack(Ann, "1", 0);
        var mark = new ImportMark("hash", "file.ndjson", 0, 100);

        Assert.Equal(AppendStatus.Ok, (await Store.Log.AppendAsync(batch, AppendLane.External, mark)).Status);
        Assert.Equal(AppendStatus.AlreadyImported, (await Store.Log.AppendAsync(batch, AppendLane.External, mark)).Status);
        await Harness.ReopenAsync(killed: true);
        Assert.Equal(AppendStatus.AlreadyImported, (await Store.Log.AppendAsync(batch, AppendLane.External, mark with { Name = "renamed" })).Status);

        Assert.Single(await Harness.ReadAllAsync());
        Assert.Equal(100, Store.Imports.NextRow("hash"));
        Assert.Equal(0, Store.Imports.NextRow("another"));
        Assert.Equal(new ImportEntry("hash", "file.ndjson", 100, ManualTime.Start), Assert.Single(Store.Imports.List()));
    }

    [EngineFact]
    public async Task Import_marks_given_at_once_are_checked_one_after_the_other()
    {
        using var batch = new RecordBatch();
        batch.AddTrack(Ann, "1", 0);
        var marks = new[] { new ImportMark("h", "f", 0, 10), new ImportMark("h", "f", 0, 10), new ImportMark("h", "f", 10, 20) };

        var results = await Task.WhenAll(marks.Select(mark => Store.Log.AppendAsync(batch, AppendLane.External, mark).AsTask()));

        Assert.Equal([AppendStatus.Ok, AppendStatus.AlreadyImported, AppendStatus.Ok], results.Select(result => result.Status));
        Assert.Equal(20, Store.Imports.NextRow("h"));
    }

    [EngineFact]
    public async Task A_cancelled_append_ends_as_cancelled_or_is_whole()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using var batch = new RecordBatch();
        batch.AddTrack(Ann, "1", 0);

        await Assert.ThrowsAsync<OperationCanceledException>(async () => await Store.Log.AppendAsync(batch, AppendLane.External, null, cancelled.Token));

        Assert.Empty(await Harness.ReadAllAsync());
        Assert.True((await Harness.AppendAsync((Ann, "2"))).IsOk);
    }

    [EngineFact]
    public async Task Offset_zero_of_an_empty_store_gives_what_comes_later()
    {
        using var reader = Store.Log.OpenReader([new PartitionOffset(Harness.PartitionOf(Ann), 0), new PartitionOffset(Harness.PartitionOf(Bob), 0)]);
        Assert.Empty(await reader.ReadAsync(TimeSpan.Zero, default));

        await Harness.AppendAsync((Ann, "1"));
        Assert.Single(await reader.ReadAsync(TimeSpan.Zero, default));
        await Harness.AppendAsync((Bob, "2"));
        var slice = Assert.Single(await reader.ReadAsync(TimeSpan.Zero, default));

        Assert.Equal(Harness.PartitionOf(Bob), slice.Partition);
    }
}
