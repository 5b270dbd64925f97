using Triggers.Engine.Records;
using Triggers.Storage.Sqlite.Outbox;

namespace Triggers.Storage.Sqlite.Writing;

/// <summary>A commit of one loop on its way.</summary>
internal sealed class CommitItem(Commit commit) : WorkItem
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _done.Task;

    public override int Bytes => commit.Records.ByteCount;

    public override bool Apply(WriteTransaction transaction)
    {
        Check(transaction);
        var checksums = 0;
        foreach (ref readonly var advance in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(commit.Advances))
        {
            ref var partition = ref transaction.Partition(advance.Partition);
            partition.Epoch = advance.Epoch;
            partition.Cursor = advance.To;
            var bytes = commit.Checksums.Length == 0 ? 0 : advance.Records * PartitionAdvance.ChecksumBytes;
            transaction.Advance(advance, commit.Checksums.Written.Slice(checksums, bytes));
            checksums += bytes;
        }

        foreach (var (counter, delta) in commit.Counters)
        {
            transaction.Count(counter.Name, delta);
        }

        MessageTable.Insert(transaction, commit.Messages);
        MessageTable.Cancel(transaction, commit.Cancellations);
        foreach (var customer in commit.Indexed)
        {
            transaction.Index(customer.CustomerKey, customer);
        }

        foreach (var key in commit.Erased)
        {
            Runs.Erasure.Begin(transaction, key);
        }

        foreach (var flush in commit.Flushes)
        {
            ref var partition = ref transaction.Partition(flush.Partition);
            partition.Floor = flush.Floor;
            partition.FloorState = flush.FloorState;
            transaction.Floor(flush.Partition, flush.Floor, flush.FloorState);
            foreach (var snapshot in flush.Snapshots)
            {
                transaction.States.Add(flush.Partition, snapshot);
            }
        }

        transaction.Append(commit.Records);
        return true;
    }

    public override void Done(long at) => _done.TrySetResult();

    public override void Fail(Exception error) => _done.TrySetException(error);

    /// <summary>Everything that can be wrong with a commit is found here, before its first write.</summary>
    private void Check(WriteTransaction transaction)
    {
        var records = 0L;
        foreach (ref readonly var advance in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(commit.Advances))
        {
            ref readonly var partition = ref transaction.Partition(advance.Partition);
            if (advance.Epoch < partition.Epoch)
            {
                throw new EpochLostException(advance.Partition, advance.Epoch);
            }

            var cursor = CursorBefore(advance, partition.Cursor);
            if (advance.From != cursor)
            {
                throw new InvalidOperationException($"A commit of partition {advance.Partition} begins at offset {advance.From}, but the cursor stands at {cursor}.");
            }

            if (advance.To < advance.From || advance.To > partition.Head)
            {
                throw new InvalidOperationException($"A commit of partition {advance.Partition} ends at offset {advance.To}, outside of {advance.From} to {partition.Head}.");
            }

            records += advance.Records;
        }

        if (commit.Checksums.Length > 0 && commit.Checksums.Length != records * PartitionAdvance.ChecksumBytes)
        {
            throw new InvalidOperationException($"A commit of {records} records has {commit.Checksums.Length} bytes of checksums; {PartitionAdvance.ChecksumBytes} a record were expected, or none.");
        }

        foreach (var flush in commit.Flushes)
        {
            var cursor = transaction.Partition(flush.Partition).Cursor;
            foreach (ref readonly var advance in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(commit.Advances))
            {
                cursor = advance.Partition == flush.Partition ? advance.To : cursor;
            }

            if (flush.Floor > cursor || flush.Floor < transaction.Partition(flush.Partition).Floor)
            {
                throw new InvalidOperationException($"A flush of partition {flush.Partition} sets the floor to {flush.Floor}, outside of the floor {transaction.Partition(flush.Partition).Floor} and the cursor {cursor}.");
            }
        }
    }

    /// <summary>A commit may advance one partition several times, in order.</summary>
    private long CursorBefore(in PartitionAdvance advance, long stored)
    {
        foreach (ref readonly var earlier in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(commit.Advances))
        {
            if (earlier == advance)
            {
                break;
            }

            stored = earlier.Partition == advance.Partition ? earlier.To : stored;
        }

        return stored;
    }
}
