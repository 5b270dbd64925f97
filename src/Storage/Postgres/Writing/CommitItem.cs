using Triggers.Engine.Records;
using Triggers.Storage.Commits;

namespace Triggers.Storage.Postgres.Writing;

/// <summary>A commit of one loop on its way.</summary>
internal sealed class CommitItem(Commit commit)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _done.Task;

    public RecordBatch Records => commit.Records;

    public int Snapshots => commit.Flushes.Sum(flush => flush.Snapshots.Count);

    public IEnumerable<string> MessageIds => commit.Messages.Select(message => message.MessageId);

    /// <summary>Every partition that it moves or erases in.</summary>
    public IEnumerable<int> Partitions(int count)
        => commit.Advances.Select(advance => advance.Partition).Concat(commit.Flushes.Select(flush => flush.Partition))
            .Concat(commit.Erased.Select(key => CustomerKey.PartitionOf(new CustomerKey(key).Hash(), count)));

    /// <summary>Checks it against where the partitions stand, moves them, and adds what is to be written.</summary>
    public void Apply(PartitionState[] partitions, SortedDictionary<int, PartitionState> moved, GatheredCommits gathered)
    {
        CommitRules.Check(commit, partitions);
        foreach (var advance in commit.Advances)
        {
            ref var partition = ref partitions[advance.Partition];
            (partition.Epoch, partition.Cursor) = (advance.Epoch, advance.To);
            moved[advance.Partition] = partition;
        }

        foreach (var flush in commit.Flushes)
        {
            ref var partition = ref partitions[flush.Partition];
            (partition.Floor, partition.FloorState) = (flush.Floor, flush.FloorState);
            moved[flush.Partition] = partition;
        }

        gathered.Add(commit, partitions);
    }

    public void Done() => _done.TrySetResult();

    public void Fail(Exception error) => _done.TrySetException(error);
}
