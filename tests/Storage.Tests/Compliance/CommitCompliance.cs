using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Compliance;

public abstract class CommitCompliance : StoreTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann"), Bob = CustomerKey.User("bob");
    private static readonly Counter Events = new("events/total");

    [EngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_moves_cursor_counters_and_floor_and_survives_a_restart(bool killed)
    {
        await Harness.AppendAsync((Ann, "1"), (Ann, "2"));
        await Store.CommitAsync(Harness.CommitOf(Ann, commit =>
        {
            commit.Counters[Events] = 2;
            commit.Flushes.Add(new Flush(Harness.PartitionOf(Ann), 1, [9, 8], []));
        }));
        await Harness.AppendAsync((Ann, "3"));
        await Store.CommitAsync(Harness.CommitOf(Ann, commit => commit.Counters[Events] = 1));

        await Harness.ReopenAsync(killed);

        var mark = Harness.Mark(Ann);
        Assert.Equal((3L, 1L, 3L), (mark.Cursor, mark.Floor, mark.Head));
        Assert.Equal([9, 8], mark.FloorState);
        Assert.Equal(Mark(mark), Mark(Store.MarksOf([mark.Partition])[0]));
        Assert.Equal([63, mark.Partition, 0], Store.MarksOf([63, mark.Partition, 0]).Select(each => each.Partition));
        Assert.Equal(3, Store.Recover().Counters["events/total"]);
        Assert.All(Store.Recover().Partitions.Where(each => each.Partition != mark.Partition), each => Assert.Equal(0, each.Head));
    }

    private static string Mark(PartitionMark mark) => $"{mark with { FloorState = [] }} {Convert.ToHexString(mark.FloorState)}";

    [EngineFact]
    public async Task A_store_that_takes_data_says_so_and_what_it_holds()
    {
        await Harness.AppendAsync((Ann, "1"), (Ann, "2"));

        var figures = Store.Figures();

        Assert.Equal(StoreCondition.Taking, Store.Condition);
        Assert.Equal((2, 0), (figures.RunsBacklog, figures.QueueBytes));
        Assert.True(figures.Transactions.Count > 0 && figures.Transactions.P50Ms <= figures.Transactions.P99Ms && figures.Transactions.P99Ms <= figures.Transactions.MaxMs);
        Assert.True(figures.Sizes.Values.Sum() > 0);
        Assert.NotEmpty(figures.Upkeep);
    }

    [EngineFact]
    public async Task Counters_of_one_name_are_one_counter_whatever_object_counts()
    {
        await Store.CommitAsync(Harness.CommitOf(Ann, commit =>
        {
            commit.Counters[new Counter("a")] = 2;
            commit.Counters[new Counter("a")] = 3;
            commit.Counters[new Counter("b")] = -1;
        }));

        await Harness.ReopenAsync(killed: true);
        await Store.CommitAsync(Harness.CommitOf(Ann, commit => commit.Counters[new Counter("a")] = 1));

        Assert.Equal(new Dictionary<string, long> { ["a"] = 6, ["b"] = -1 }, Store.Recover().Counters);
    }

    [EngineFact]
    public async Task Records_for_others_are_appended_with_the_commit()
    {
        await Harness.AppendAsync((Ann, "1"));
        await Store.CommitAsync(Harness.CommitOf(Ann, commit => commit.Records.AddLink("u:bob"u8, "u:ann"u8)));

        var record = Assert.Single(await Harness.ReadAllAsync(new PartitionOffset(Harness.PartitionOf(Bob), 0)));

        Assert.Equal(RecordKind.Link, record.Kind);
    }

    [EngineFact]
    public async Task A_commit_from_another_cursor_is_a_bug_and_changes_nothing()
    {
        await Harness.AppendAsync((Ann, "1"), (Ann, "2"));
        var wrong = Harness.CommitOf(Ann, commit => commit.Counters[Events] = 5);
        await Store.CommitAsync(Harness.CommitOf(Ann));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.CommitAsync(wrong));

        Assert.Equal(2, Harness.Mark(Ann).Cursor);
        Assert.False(Store.Recover().Counters.ContainsKey("events/total"));
    }

    [EngineFact]
    public async Task A_commit_beyond_the_head_is_a_bug()
    {
        await Harness.AppendAsync((Ann, "1"));
        var commit = new Commit();
        commit.Advances.Add(new PartitionAdvance(Harness.PartitionOf(Ann), 0, 0, 2));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.CommitAsync(commit));
    }

    [EngineFact]
    public async Task A_lower_epoch_is_refused_whole_and_a_higher_one_takes_the_partition()
    {
        await Harness.AppendAsync((Ann, "1"), (Bob, "1"));
        await Store.CommitAsync(Claim(epoch: 5, to: 0));
        var old = Claim(epoch: 4, to: 1);
        old.Counters[Events] = 1;
        old.Messages.Add(Decisions.Of("00000000000000000000000000000001", Ann));

        var lost = await Assert.ThrowsAsync<EpochLostException>(() => Store.CommitAsync(old));

        Assert.Equal(Harness.PartitionOf(Ann), lost.Partition);
        Assert.Equal((5L, 0L), (Harness.Mark(Ann).Epoch, Harness.Mark(Ann).Cursor));
        Assert.Null(Store.Messages.Find("00000000000000000000000000000001"));
        await Store.CommitAsync(Claim(epoch: 5, to: 1));
        await Harness.ReopenAsync(killed: true);
        Assert.Equal((5L, 1L), (Harness.Mark(Ann).Epoch, Harness.Mark(Ann).Cursor));
    }

    [EngineFact]
    public async Task Commits_of_one_partition_may_be_given_without_waiting()
    {
        for (var i = 0; i < 20; i++)
        {
            await Harness.AppendAsync((Ann, i.ToString()));
        }

        var partition = Harness.PartitionOf(Ann);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
        {
            var commit = new Commit();
            commit.Advances.Add(new PartitionAdvance(partition, 0, i, i + 1));
            commit.Counters[Events] = 1;
            return Store.CommitAsync(commit);
        }));

        Assert.Equal(20, Harness.Mark(Ann).Cursor);
        Assert.Equal(20, Store.Recover().Counters["events/total"]);
    }

    [EngineFact]
    public async Task Commits_that_wait_together_do_what_they_would_have_done_one_after_the_other()
    {
        const int Commits = 9;
        for (var i = 0; i < Commits; i++)
        {
            await Harness.AppendAsync((Ann, "1"), (Bob, "1"));
        }

        var given = new List<Task>();
        for (var i = 0; i < Commits; i++)
        {
            foreach (var key in new[] { Ann, Bob })
            {
                var commit = new Commit();
                commit.Advances.Add(new PartitionAdvance(Harness.PartitionOf(key), 0, i, i + 1));
                commit.Checksums.Bytes([(byte)(i + 1), 0]);
                commit.Counters[new Counter("events/total")] = 1;
                commit.Messages.Add(Decisions.Of(Id(key, i), key));
                if (i == 3 && key == Ann)
                {
                    commit.Cancellations.Add(new Cancellation(null, "welcome", null, "paused"));
                }

                if (i is 2 or 7)
                {
                    commit.Flushes.Add(new Flush(Harness.PartitionOf(key), i, [(byte)i], [new Snapshot(key.Hash(), i, StoreHarness.StateOf(key.Text, $"state {i}"))]));
                }

                if (i == 5 && key == Bob)
                {
                    commit.Erased.Add(Bob.Text);
                }

                given.Add(Store.CommitAsync(commit));
            }
        }

        await Task.WhenAll(given);
        await Harness.ReopenAsync(killed: true);

        Assert.Equal(2 * Commits, Store.Recover().Counters["events/total"]);
        Assert.Equal(Enumerable.Range(0, Commits).Select(i => i <= 3 ? "paused" : null), Enumerable.Range(0, Commits).Select(i => Store.Outbox.Look(Id(Ann, i))?.CancelReason));
        Assert.Equal(Enumerable.Range(0, Commits).Select(i => i > 5), Enumerable.Range(0, Commits).Select(i => Store.Outbox.Look(Id(Bob, i)) is not null));
        foreach (var key in new[] { Ann, Bob })
        {
            var mark = Harness.Mark(key);
            Assert.Equal((Commits, 7L), (mark.Cursor, mark.Floor));
            Assert.Equal([7], mark.FloorState);
            Assert.True(Store.Customers.TryLoad(mark.Partition, key.Hash(), System.Text.Encoding.UTF8.GetBytes(key.Text), out var state));
            Assert.Equal(StoreHarness.StateOf(key.Text, "state 7"), state.ToArray());
            var checksums = new byte[Commits];
            Store.Checksums.Read([new PartitionOffset(mark.Partition, 0)], (_, first, bytes) =>
            {
                for (var i = 0; i < bytes.Length; i += PartitionAdvance.ChecksumBytes)
                {
                    checksums[first + (i / PartitionAdvance.ChecksumBytes)] = bytes[i];
                }
            });
            Assert.Equal(Enumerable.Range(1, Commits).Select(i => (byte)i), checksums);
        }

        static string Id(CustomerKey key, int number) => (key == Ann ? "a" : "b") + number.ToString("x31");
    }

    [EngineFact]
    public async Task A_floor_above_the_cursor_is_a_bug()
    {
        await Harness.AppendAsync((Ann, "1"), (Ann, "2"));
        var commit = new Commit();
        commit.Advances.Add(new PartitionAdvance(Harness.PartitionOf(Ann), 0, 0, 1));
        commit.Flushes.Add(new Flush(Harness.PartitionOf(Ann), 2, [], []));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.CommitAsync(commit));
    }

    private Commit Claim(long epoch, long to)
    {
        var commit = new Commit();
        commit.Advances.Add(new PartitionAdvance(Harness.PartitionOf(Ann), epoch, 0, to));
        return commit;
    }
}

internal static class Decisions
{
    public static MessageDecision Of(string id, CustomerKey key, string campaign = "welcome", string channel = "email", long decidedAt = ManualTime.Start)
        => new(id, key.Text, campaign, 2, "1", channel, "hello", "ann@example.com", "{}"u8.ToArray(), decidedAt, decidedAt + 3_600_000);
}
