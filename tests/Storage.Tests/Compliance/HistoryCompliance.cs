using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Records;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Compliance;

public abstract class HistoryCompliance : StoreTests
{
    /// <summary>One thing that happens to a log.</summary>
    public enum Deed
    {
        Append,
        MoveFloors,
        Sort,
        Restart,
    }

    [EngineFact]
    public void Whatever_is_sorted_and_merged_history_equals_a_naive_filter()
    {
        var deeds = Gen.Frequency(
            (6, Gen.Constant(Deed.Append)), (2, Gen.Constant(Deed.MoveFloors)), (2, Gen.Constant(Deed.Sort)), (1, Gen.Constant(Deed.Restart)));
        var scripts = deeds.Zip(Gen.Choose(0, 1_000_000)).ListOf().Resize(40).ToArbitrary();

        Prop.ForAll(scripts, script => RunAsync([.. script.Select(step => (step.Item1, step.Item2))]).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(15).WithStartSize(10).WithEndSize(40));
    }

    [EngineFact]
    public async Task An_enumeration_is_whole_while_what_it_reads_is_sorted_away()
    {
        var script = new List<(Deed, int)>();
        for (var i = 0; i < 6; i++)
        {
            script.AddRange([(Deed.Append, i), (Deed.Append, 50 + i), (Deed.MoveFloors, 0)]);
        }

        var expected = await PlayAsync(Harness, script);
        var partition = expected.GroupBy(record => record.Partition).MaxBy(group => group.Count())!;
        using var reading = Store.History.ReadAll(partition.Key).GetEnumerator();
        Assert.True(reading.MoveNext());
        var read = new List<ReadRecord> { ReadRecord.Of(partition.Key, reading.Current) };

        await Harness.SettleAsync();
        await Harness.AppendAsync((CustomerKey.User("late"), "late"));
        await Harness.SettleAsync();
        while (reading.MoveNext())
        {
            read.Add(ReadRecord.Of(partition.Key, reading.Current));
        }

        Assert.Equal(partition.OrderBy(record => record.Offset), read.Where(record => record.Name != "late").OrderBy(record => record.Offset));
    }

    private async Task RunAsync(List<(Deed, int)> script)
    {
        await using var harness = await OpenAsync();
        var expected = await PlayAsync(harness, script);
        var history = harness.Store.History;
        foreach (var customer in expected.GroupBy(record => record.Key))
        {
            var key = new CustomerKey(customer.Key);
            var partition = harness.PartitionOf(key);
            Assert.Equal(customer, history.Read(key).Select(record => ReadRecord.Of(partition, record)));
            var middle = customer.ElementAt(customer.Count() / 2).Offset;
            Assert.Equal(customer.Where(record => record.Offset >= middle), history.Read(key, middle).Select(record => ReadRecord.Of(partition, record)));
            Assert.Equal(customer.Where(record => record.Offset < middle), history.Read(key, 0, middle).Select(record => ReadRecord.Of(partition, record)));
        }

        foreach (var partition in expected.GroupBy(record => record.Partition))
        {
            var all = history.ReadAll(partition.Key).Select(record => ReadRecord.Of(partition.Key, record)).ToList();
            Assert.Equal(partition.OrderBy(record => record.Offset), all.OrderBy(record => record.Offset));
            Assert.All(all.GroupBy(record => record.Key), customer => Assert.Equal(customer.OrderBy(record => record.Offset), customer));
        }

        int[] some = [.. expected.Select(record => record.Partition).Distinct().Order().Where(partition => partition % 3 > 0)];
        var together = history.ReadAll(some).Select(each => ReadRecord.Of(each.Partition, each.Record)).ToList();
        Assert.Equal(expected.Where(record => some.Contains(record.Partition)).OrderBy(record => (record.Partition, record.Offset)), together.OrderBy(record => (record.Partition, record.Offset)));
        Assert.All(together.GroupBy(record => record.Key), customer => Assert.Equal(customer.OrderBy(record => record.Offset), customer));

        Assert.Empty(history.Read(CustomerKey.User("nobody")));
    }

    private static async Task<List<ReadRecord>> PlayAsync(StoreHarness harness, List<(Deed, int)> script)
    {
        var expected = new List<ReadRecord>();
        var heads = new long[harness.Store.Log.Partitions];
        foreach (var (deed, seed) in script)
        {
            switch (deed)
            {
                case Deed.Append:
                    await AppendAsync(harness, new Random(seed), heads, expected);
                    break;
                case Deed.MoveFloors:
                    await MoveFloorsAsync(harness);
                    break;
                case Deed.Sort:
                    await harness.SettleAsync();
                    break;
                default:
                    await harness.ReopenAsync(killed: seed % 2 == 0);
                    break;
            }
        }

        return expected;
    }

    [EngineFact]
    public async Task Everybody_s_records_come_behind_the_facts_before_them()
    {
        var ann = CustomerKey.User("ann");
        var partition = Harness.PartitionOf(ann);
        for (var round = 0; round < 6; round++)
        {
            using var batch = new RecordBatch();
            batch.AddTrack(ann, "before", 0);
            batch.AddFact(partition, FactKind.ProgramActivated, round, "");
            batch.AddTrack(ann, "after", 0);
            await Store.Log.AppendAsync(batch, AppendLane.Internal);
            if (round % 2 == 0)
            {
                await MoveFloorsAsync(Harness);
                await Harness.SettleAsync();
            }
        }

        var facts = new HashSet<long>();
        foreach (var record in Store.History.ReadAll(partition))
        {
            if (ReadRecord.Of(partition, record).Kind == RecordKind.Fact)
            {
                facts.Add(record.Offset);
            }
            else
            {
                Assert.Equal((record.Offset + 1) / 3, facts.Count(fact => fact < record.Offset));
            }
        }

        Assert.Equal([1L, 4, 7, 10, 13, 16], facts.Order());
    }

    private static async Task AppendAsync(StoreHarness harness, Random random, long[] heads, List<ReadRecord> expected)
    {
        using var batch = new RecordBatch();
        var added = new List<(CustomerKey Key, string Name)>();
        for (var i = random.Next(1, 30); i > 0; i--)
        {
            // Few customers with many records, so that some span pages.
            var key = CustomerKey.User("c" + random.Next(random.Next(1, 12)));
            var name = random.Next().ToString() + new string('x', random.Next(6) == 0 ? 40_000 : 10);
            batch.AddTrack(key, name, 0);
            added.Add((key, name));
        }

        harness.Time.Ms += random.Next(-50, 100);
        var result = await harness.Store.Log.AppendAsync(batch, AppendLane.External);
        Assert.True(result.IsOk);
        foreach (var (key, name) in added)
        {
            var partition = harness.PartitionOf(key);
            expected.Add(new ReadRecord(partition, heads[partition]++, result.At, RecordKind.Event, key.Text, name));
        }
    }

    private static async Task MoveFloorsAsync(StoreHarness harness)
    {
        var commit = new Commit();
        foreach (var mark in harness.Store.Recover().Partitions)
        {
            commit.Advances.Add(new PartitionAdvance(mark.Partition, mark.Epoch, mark.Cursor, mark.Head));
            commit.Flushes.Add(new Flush(mark.Partition, mark.Head, [], []));
        }

        await harness.Store.CommitAsync(commit);
    }
}
