using System.Text;
using Triggers.Engine.Customers;
using Triggers.Runtime.Hosting;

namespace Triggers.Runtime.Tests;

public sealed class SlotIndexTests
{
    private static readonly StateHeap s_heap = new();

    /// <summary>Hashes of one partition are alike in some bits, which must not put them side by side; those that differ in their last bits only come close to that.</summary>
    [Theory]
    [InlineData(0, 64)]
    [InlineData(58, 6)]
    [InlineData(0, 8)]
    [InlineData(32, 9)]
    public void It_holds_what_a_dictionary_holds(int shift, int bits)
    {
        var random = new Random(20261123);
        var index = new SlotIndex();
        var expected = new Dictionary<ulong, Slot>();
        for (var step = 0; step < 200_000; step++)
        {
            // Full and empty again, by turns.
            var hash = (ulong)random.NextInt64() >> (64 - bits) << shift;
            if (random.Next(100) < (step / 20_000 % 2 == 0 ? 70 : 30))
            {
                expected[hash] = Slot(step);
                index.Set(hash, expected[hash]);
            }
            else if (expected.Count > 0)
            {
                hash = bits == 64 ? expected.Keys.First() : hash;
                if (expected.Remove(hash))
                {
                    index.Remove(hash);
                }
            }

            Assert.Same(expected.GetValueOrDefault(hash), index[hash]);
        }

        Assert.Equal(expected.Keys.Order(), index.Hashes.Order());
        Assert.All(expected, each => Assert.Same(each.Value, index[each.Key]));
        index.Clear();
        Assert.Empty(index.Hashes);
        Assert.All(expected.Keys, hash => Assert.Null(index[hash]));
    }

    private static Slot Slot(int number) => new(new Customer(Encoding.UTF8.GetBytes("u:" + number), 0, s_heap));
}
