using System.Text;
using Triggers.Engine.Records;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Compliance;

public abstract class CustomerCompliance : StoreTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann");

    [EngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_last_flushed_state_is_loaded_also_after_a_restart(bool killed)
    {
        await FlushAsync((Ann, 5, "old"), (CustomerKey.User("bob"), 6, "bob's"));
        await FlushAsync((Ann, 7, "new"));
        await Harness.ReopenAsync(killed);

        Assert.Equal("new", Load(Ann));
        Assert.Equal("bob's", Load(CustomerKey.User("bob")));
        Assert.Null(Load(CustomerKey.User("nobody")));
        Assert.Equal(2, Store.Customers.Count);
    }

    [EngineFact]
    public async Task The_later_of_two_states_in_one_commit_wins()
    {
        await FlushAsync((Ann, 5, "first"), (Ann, 6, "second"));

        Assert.Equal("second", Load(Ann));
        Assert.Equal(1, Store.Customers.Count);
    }

    [EngineFact]
    public async Task Customers_whose_hashes_collide_are_told_apart_by_key()
    {
        var hash = Ann.Hash();
        var partition = Harness.PartitionOf(Ann);
        var commit = new Commit();
        commit.Flushes.Add(new Flush(partition, 0, [], [
            new Snapshot(hash, 1, StoreHarness.StateOf("u:ann", "ann's")),
            new Snapshot(hash, 2, StoreHarness.StateOf("u:zoe", "zoe's"))]));
        await Store.CommitAsync(commit);

        await Harness.ReopenAsync(killed: true);

        Assert.True(Store.Customers.TryLoad(partition, hash, "u:ann"u8, out var ann));
        Assert.True(Store.Customers.TryLoad(partition, hash, "u:zoe"u8, out var zoe));
        Assert.EndsWith("ann's", Encoding.UTF8.GetString(ann.Span));
        Assert.EndsWith("zoe's", Encoding.UTF8.GetString(zoe.Span));
        Assert.Equal(2, Store.Customers.LoadByHash(partition, hash).Count);
        Assert.Equal(2, Store.Customers.Scan(partition, null).Count());
    }

    [EngineFact]
    public async Task Several_customers_are_loaded_at_once_in_the_order_asked_for_and_strangers_are_empty()
    {
        var keys = KeysOfOnePartition(300);
        var partition = Harness.PartitionOf(keys[0]);
        await FlushAsync([.. keys.Skip(100).Select(key => (key, 1L, key.Text))]);
        CustomerAddress[] asked = [.. keys.AsEnumerable().Reverse().Select(AddressOf), new(keys[200].Hash(), "u:zoe"u8.ToArray())];

        var states = await Store.Customers.LoadAsync(partition, asked);

        Assert.Equal(asked.Length, states.Length);
        Assert.All(Enumerable.Range(0, 200), place => Assert.Equal(StoreHarness.StateOf(keys[299 - place].Text, keys[299 - place].Text), states[place].ToArray()));
        Assert.All(states[200..], state => Assert.True(state.IsEmpty));
        Assert.Empty(await Store.Customers.LoadAsync(partition, []));
    }

    [EngineFact]
    public async Task An_empty_state_means_gone_for_good()
    {
        await FlushAsync((Ann, 5, "one"));
        await FlushAsync((Ann, 5, "two"));
        var commit = new Commit();
        commit.Flushes.Add(new Flush(Harness.PartitionOf(Ann), 0, [], [new Snapshot(Ann.Hash(), long.MaxValue, default)]));
        await Store.CommitAsync(commit);

        Assert.Null(Load(Ann));
        await Harness.SettleAsync();
        await Harness.ReopenAsync(killed: true);
        Assert.Null(Load(Ann));
        Assert.Equal(0, Store.Customers.Count);

        await FlushAsync((Ann, 5, "back"));
        await Harness.ReopenAsync();
        Assert.Equal("back", Load(Ann));
    }

    [EngineFact]
    public async Task Dues_of_all_customers_of_a_partition_are_visited()
    {
        var keys = KeysOfOnePartition(30);
        await FlushAsync([.. keys.Select((key, i) => (key, i == 3 ? long.MaxValue : 1000L * (i + 100), "s"))]);
        await FlushAsync((keys[0], 77_000, "s"));
        await Harness.ReopenAsync();

        var dues = new Dictionary<ulong, long>();
        Store.Customers.VisitDues(Harness.PartitionOf(keys[0]), (hash, due) => dues.Add(hash, due));

        Assert.Equal(30, dues.Count);
        Assert.Equal(77_000, dues[keys[0].Hash()]);
        Assert.Equal(long.MaxValue, dues[keys[3].Hash()]);
        Assert.Equal(129_000, dues[keys[29].Hash()]);
    }

    [EngineFact]
    public async Task The_newest_states_of_some_partitions_are_handed_over_each_once_until_it_is_enough()
    {
        var keys = KeysOfOnePartition(20);
        var (mine, foreign) = (Harness.PartitionOf(keys[0]), Enumerable.Range(0, 1000).Select(i => CustomerKey.User($"other-{i}")).First(key => Harness.PartitionOf(key) != Harness.PartitionOf(keys[0])));
        await FlushAsync([.. keys.Select(key => (key, 5L, "old")), (foreign, 5L, "foreign")]);
        await FlushAsync([.. keys.Take(10).Select(key => (key, 6L, "new " + key.Text))]);
        var seen = new List<string>();
        Store.Customers.VisitNewest(new HashSet<int> { mine }, (partition, state) =>
        {
            Assert.Equal(mine, partition);
            seen.Add(Encoding.UTF8.GetString(state.Span));
            return true;
        });

        Assert.Equal((20, 10), (seen.Count, seen.Count(state => state.EndsWith("old", StringComparison.Ordinal))));
        Assert.Equal(10, keys.Take(10).Count(key => seen.Exists(state => state.EndsWith("new " + key.Text, StringComparison.Ordinal))));
        var taken = 0;
        Store.Customers.VisitNewest(new HashSet<int> { mine, Harness.PartitionOf(foreign) }, (_, _) => ++taken < 3);
        Assert.Equal(3, taken);
    }

    [EngineFact]
    public async Task A_scan_gives_all_customers_ascending_by_hash_from_any_point()
    {
        var keys = KeysOfOnePartition(50);
        await FlushAsync([.. keys.Select(key => (key, 1L, key.Text))]);
        var partition = Harness.PartitionOf(keys[0]);
        var hashes = keys.Select(key => key.Hash()).Order().ToList();

        Assert.Equal(hashes, Store.Customers.Scan(partition, null).Select(each => each.Hash));
        Assert.Equal(hashes.Skip(21), Store.Customers.Scan(partition, hashes[20]).Select(each => each.Hash));
        Assert.Empty(Store.Customers.Scan(partition, hashes[^1]));
    }

    [EngineFact]
    public async Task States_survive_any_number_of_flushes_and_compactions()
    {
        var random = new Random(7);
        var expected = new Dictionary<CustomerKey, string>();
        for (var round = 0; round < 40; round++)
        {
            var states = Enumerable.Range(0, 60).Select(_ => CustomerKey.User("c" + random.Next(200))).Distinct()
                .Select(key => (key, (long)round, round + new string('x', random.Next(1500)))).ToArray();
            await FlushAsync(states);
            foreach (var (key, _, state) in states)
            {
                expected[key] = state;
            }

            if (round % 7 == 6)
            {
                await Harness.SettleAsync();
            }

            if (round % 13 == 12)
            {
                await Harness.ReopenAsync(killed: true);
            }
        }

        Assert.Equal(expected.Count, Store.Customers.Count);
        Assert.All(expected, each => Assert.Equal(each.Value, Load(each.Key)));
    }

    private static List<CustomerKey> KeysOfOnePartition(int count)
        => [.. Enumerable.Range(0, int.MaxValue).Select(i => CustomerKey.User("k" + i)).Where(key => CustomerKey.PartitionOf(key.Hash(), 64) == 11).Take(count)];

    private static CustomerAddress AddressOf(CustomerKey key) => new(key.Hash(), Encoding.UTF8.GetBytes(key.Text));

    private Task FlushAsync(params (CustomerKey Key, long Due, string State)[] states)
    {
        var commit = new Commit();
        foreach (var partition in states.GroupBy(each => Harness.PartitionOf(each.Key)))
        {
            commit.Flushes.Add(new Flush(partition.Key, 0, [], [.. partition.Select(each => new Snapshot(each.Key.Hash(), each.Due, StoreHarness.StateOf(each.Key.Text, each.State)))]));
        }

        return Store.CommitAsync(commit);
    }

    private string? Load(CustomerKey key)
    {
        var bytes = Encoding.UTF8.GetBytes(key.Text);
        if (!Store.Customers.TryLoad(Harness.PartitionOf(key), key.Hash(), bytes, out var state))
        {
            return null;
        }

        var reader = new SpanReader(state.Span);
        Assert.Equal(key.Text, Encoding.UTF8.GetString(reader.Text()));
        return Encoding.UTF8.GetString(state.Span[reader.Position..]);
    }
}
