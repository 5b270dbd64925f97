using Triggers.Storage.Blocks;

namespace Triggers.Storage.Tests.Blocks;

public sealed class BlockCacheTests
{
    [Fact]
    public void The_newest_blocks_are_there_in_order_and_the_oldest_leave_first()
    {
        using var cache = new BlockCache(100 * Block.Rent(1, 0, 0, 0).MemoryBytes);
        for (var seq = 7; seq < 1007; seq++)
        {
            cache.Add(Block.Rent(1, seq, 0, 0));
            Assert.Equal(Math.Min(seq - 6, 100), Take(cache, Math.Max(7, seq - 99)).Count);
        }

        Assert.Equal(Enumerable.Range(907, 100).Select(seq => (long)seq), Take(cache, 907));
        Assert.Equal([1006], Take(cache, 1006));
        Assert.Empty(Take(cache, 906));
        Assert.Empty(Take(cache, 1007));

        cache.Drop(1000);
        Assert.Empty(Take(cache, 1000));
        Assert.Equal(6, Take(cache, 1001).Count);

        cache.Drop(long.MaxValue);
        Assert.Empty(Take(cache, 1006));
        cache.Add(Block.Rent(1, 2000, 0, 0));
        Assert.Equal([2000], Take(cache, 2000));
    }

    private static List<long> Take(BlockCache cache, long seq)
    {
        var taken = new List<Block>();
        Assert.Equal(cache.TryTake(seq, int.MaxValue, taken), taken.Count > 0);
        taken.ForEach(block => block.Release());
        return taken.ConvertAll(block => block.Seq);
    }
}
