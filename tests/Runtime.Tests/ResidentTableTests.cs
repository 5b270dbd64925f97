using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;

namespace Triggers.Runtime.Tests;

public sealed class ResidentTableTests
{
    private static readonly string s_long = new('x', 500);

    [Fact]
    public void Memory_that_lies_idle_is_given_back_while_customers_come_and_go()
    {
        var table = new ResidentTable(new SlabPool());
        var written = new Dictionary<ulong, byte[]>();
        for (var index = 0; index < 40_000; index++)
        {
            Add(table, written, index);
        }

        var full = table.Heap.ReservedBytes;
        for (var index = 0; index < 40_000; index++)
        {
            if (index % 10 != 0)
            {
                table.Remove(table.Chain(Key(index).Hash())!);
            }
        }

        for (var index = 40_000; index < 41_000; index++)
        {
            table.Compact(looks: 50);
            Add(table, written, index);
        }

        Assert.InRange(table.Heap.ReservedBytes, 1, full / 2);
        Assert.Equal(5_000, table.Count);
        Assert.InRange(table.Bytes, 1, (table.Count * (long)Limits.CustomerBytes) + table.Heap.ReservedBytes);
        for (var index = 0; index < 41_000; index += 10)
        {
            var slot = table.Find(Key(index).Hash(), System.Text.Encoding.UTF8.GetBytes(Key(index).Text));
            Assert.Equal(written[Key(index).Hash()], Encode(slot!.Customer));
        }
    }

    [Fact]
    public void Nobody_is_left_in_the_old_memory_when_customers_come_and_go_meanwhile()
    {
        var table = new ResidentTable(new SlabPool());
        var written = new Dictionary<ulong, byte[]>();
        for (var index = 0; index < 40_000; index++)
        {
            Add(table, written, index);
        }

        for (var index = 0; index < 40_000; index++)
        {
            if (index % 10 != 0)
            {
                table.Remove(table.Chain(Key(index).Hash())!);
            }
        }

        var before = table.Heap;
        for (var index = 0; index < 3_000; index++)
        {
            table.Compact(looks: 3);
            table.Remove(table.Chain(Key(index * 10).Hash())!);
            if (index % 3 == 0)
            {
                Add(table, written, 40_000 + index);
            }
        }

        Assert.NotSame(before, table.Heap);
        for (var index = 30_000; index < 40_000; index += 10)
        {
            Assert.Same(table.Heap, table.Chain(Key(index).Hash())!.Customer.Heap);
        }
    }

    [Fact]
    public void Memory_that_a_table_leaves_is_the_next_ones_and_touches_nobody_elses()
    {
        var pool = new SlabPool();
        var (stays, leaves) = (new ResidentTable(pool), new ResidentTable(pool));
        var written = new Dictionary<ulong, byte[]>();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < 40_000; index++)
        {
            Add(index % 8 == 0 ? stays : leaves, written, index, s_long);
        }

        var first = GC.GetAllocatedBytesForCurrentThread() - before;
        var left = leaves.Heap.ReservedBytes;
        var gone = leaves.Chain(Key(1, s_long).Hash())!.Customer;
        leaves.Clear();
        Assert.ThrowsAny<ArgumentException>(() => gone.KeyUtf8.Length);

        before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 40_000; index < 80_000; index++)
        {
            if (index % 8 != 0)
            {
                Add(leaves, written, index, s_long);
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, first - (left / 2));
        foreach (var (table, start) in new[] { (stays, 0), (leaves, 40_001) })
        {
            for (var index = start; index < start + 40_000; index += 8)
            {
                Assert.Equal(written[Key(index, s_long).Hash()], Encode(table.Chain(Key(index, s_long).Hash())!.Customer));
            }
        }
    }

    private static CustomerKey Key(int index, string more = "") => new($"u:somebody-with-a-long-identifier-{index}{more}");

    private static void Add(ResidentTable table, Dictionary<ulong, byte[]> written, int index, string more = "")
    {
        var key = Key(index, more);
        var customer = new Customer(System.Text.Encoding.UTF8.GetBytes(key.Text), key.Hash(), table.Heap);
        table.Add(new Slot(customer));
        written[customer.Hash] = Encode(customer);
    }

    private static byte[] Encode(Customer customer)
    {
        using var writer = new ByteWriter();
        CustomerCodec.Write(customer, writer);
        return writer.Written.ToArray();
    }
}
