using Triggers.Engine.Records;
using Triggers.Storage.Commits;
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
        CommitRules.Check(commit, transaction.Partitions);
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
}
