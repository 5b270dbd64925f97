using System.Buffers.Binary;
using System.Text;
using Triggers.Engine.Records;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Compliance;

public abstract class ChecksumCompliance : StoreTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann"), Bob = CustomerKey.User("bob");

    [EngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_committed_record_has_its_checksum_after_a_restart(bool killed)
    {
        await Harness.AppendAsync((Ann, "1"), (Bob, "2"), (Ann, "3"));
        await CommitAsync([11, 13], [12]);
        await Harness.AppendAsync((Ann, "4"), (Bob, "not committed"));
        await CommitAsync([14], null);

        await Harness.ReopenAsync(killed);

        Assert.Equal([11, 13, 14], Read(Ann));
        Assert.Equal([12], Read(Bob));
        Assert.Equal([0, 0, 14], Read(Ann, from: 2));
    }

    [EngineFact]
    public async Task Checksums_stay_when_records_come_into_their_long_term_form()
    {
        await Harness.AppendAsync((Ann, "1"), (Bob, "2"), (Ann, "3"));
        await CommitAsync([11, 13], [12], flush: true);
        await Harness.SettleAsync();
        await Harness.AppendAsync((Ann, "4"), (Bob, "5"));
        await CommitAsync([14], [15], flush: true);
        await Harness.AppendAsync((Ann, "6"));
        await CommitAsync([16], null, flush: true);
        await Harness.SettleAsync();
        await Harness.AppendAsync((Ann, "7"));
        await CommitAsync([17], null);

        Assert.Equal([11, 13, 14, 16, 17], Read(Ann));
        Assert.Equal([12, 15], Read(Bob));
        await Harness.ReopenAsync();
        Assert.Equal([11, 13, 14, 16, 17], Read(Ann));
    }

    [EngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_erasure_leaves_the_checksums_of_everybody(bool sorted)
    {
        await Harness.AppendAsync((Ann, "1"), (Bob, "2"));
        await CommitAsync([11], [12], flush: sorted, commit => commit.Indexed.Add(new IndexedCustomer(Ann.Text, "ann@example.com", "Ann")));
        if (sorted)
        {
            await Harness.SettleAsync();
        }

        using var order = new RecordBatch();
        order.AddCommand(Encoding.UTF8.GetBytes(Ann.Text), CommandKind.Erase, "");
        await Store.Log.AppendAsync(order, AppendLane.Internal);
        await CommitAsync([13], null, change: commit =>
        {
            commit.Indexed.Add(new IndexedCustomer(Ann.Text, null, null));
            commit.Erased.Add(Ann.Text);
        });

        await Harness.SettleAsync();

        Assert.Empty(Store.History.Read(Ann));
        Assert.Equal([11, 13], Read(Ann));
        Assert.Equal([12], Read(Bob));
    }

    [EngineFact]
    public async Task A_commit_whose_checksums_do_not_fit_its_records_is_a_bug()
    {
        await Harness.AppendAsync((Ann, "1"), (Ann, "2"));
        var commit = Harness.CommitOf(Ann, commit => commit.Checksums.Bytes([1, 0]));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.CommitAsync(commit));
    }

    private Task CommitAsync(ushort[]? ann, ushort[]? bob, bool flush = false, Action<Commit>? change = null)
    {
        var commit = new Commit();
        foreach (var (key, checksums) in new[] { (Ann, ann), (Bob, bob) })
        {
            if (checksums is not null)
            {
                var mark = Harness.Mark(key);
                commit.Advances.Add(new PartitionAdvance(mark.Partition, mark.Epoch, mark.Cursor, mark.Cursor + checksums.Length));
                foreach (var checksum in checksums)
                {
                    commit.Checksums.Bytes([(byte)checksum, (byte)(checksum >> 8)]);
                }

                if (flush)
                {
                    commit.Flushes.Add(new Flush(mark.Partition, mark.Cursor + checksums.Length, [], []));
                }
            }
        }

        change?.Invoke(commit);
        return Store.CommitAsync(commit);
    }

    /// <summary>By offset; 0 where none came.</summary>
    private int[] Read(CustomerKey key, long from = 0)
    {
        var found = new int[Harness.Mark(key).Cursor];
        Store.Checksums.Read([new PartitionOffset(Harness.PartitionOf(key), from)], (partition, first, checksums) =>
        {
            Assert.Equal(Harness.PartitionOf(key), partition);
            for (var i = 0; i < checksums.Length / 2; i++)
            {
                if (first + i >= from)
                {
                    found[first + i] = BinaryPrimitives.ReadUInt16LittleEndian(checksums[(i * 2)..]);
                }
            }
        });
        return found;
    }
}
