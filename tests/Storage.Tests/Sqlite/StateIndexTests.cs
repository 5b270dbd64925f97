using FsCheck;
using FsCheck.Fluent;
using Triggers.Storage.Sqlite.States;

namespace Triggers.Storage.Tests.Sqlite;

public sealed class StateIndexTests
{
    [Fact]
    public void It_behaves_as_a_dictionary()
    {
        // Few hashes, close together and colliding, so that probing, wrapping and shifting back all happen.
        var steps = Gen.Choose(0, 40).Zip(Gen.Choose(0, 9)).ListOf().Resize(300).ToArbitrary();
        Prop.ForAll(steps, list => Play([.. list.Select(step => (step.Item1, step.Item2))])).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(300));
    }

    [Fact]
    public void A_customer_that_is_not_in_memory_costs_at_most_64_bytes()
    {
        const int Customers = 400_000;
        var indexes = new StateIndex[64];
        var random = new Random(1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < indexes.Length; i++)
        {
            indexes[i] = new StateIndex();
        }

        var chunks = new ChunkTable();
        for (var i = 0; i < Customers; i++)
        {
            if (i % 64 == 0)
            {
                chunks.Add(i + 1, 64, 64 << 10);
            }

            var hash = (ulong)random.NextInt64();
            indexes[(int)(hash % 64)].Set(hash, 1, new StatePlace(1, 1), i);
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Customers;
        GC.KeepAlive(indexes);
        GC.KeepAlive(chunks);

        Assert.InRange(bytes, 20, 64);
    }

    private static void Play(List<(int Key, int Action)> steps)
    {
        var index = new StateIndex();
        var expected = new Dictionary<(ulong, ushort), (StatePlace, long)>();
        foreach (var (key, action) in steps)
        {
            var hash = ((ulong)key << 60) | (0xFFFF_FF00UL + (ulong)(key % 20 * 12));
            var check = (ushort)((key % 3) + 1);
            if (action < 4)
            {
                var removed = expected.Remove((hash, check), out var old);
                Assert.Equal(removed ? old.Item1.Handle : 0, index.Remove(hash, check));
            }
            else
            {
                var place = new StatePlace(action, (ushort)key);
                var had = expected.TryGetValue((hash, check), out var old);
                Assert.Equal(had ? old.Item1.Handle : 0, index.Set(hash, check, place, key * 1000L));
                expected[(hash, check)] = (place, key);
            }
        }

        Assert.Equal(expected.Count, index.Count);
        foreach (var ((hash, check), (place, _)) in expected)
        {
            Assert.True(index.TryFind(hash, check, out var found));
            Assert.Equal(place, found);
        }

        var dues = new List<(ulong, long)>();
        index.VisitDues((hash, due) => dues.Add((hash, due)));
        Assert.Equal(expected.Select(each => (each.Key.Item1, each.Value.Item2 * 1000L)).Order(), dues.Order());
        Assert.Equal(expected.Keys.Select(key => key.Item1).Distinct().Order(), index.NextHashes(null, 1000));
    }
}
