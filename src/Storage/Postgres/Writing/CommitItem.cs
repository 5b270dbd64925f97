using System.Text;
using Triggers.Engine.Records;
using Triggers.Storage.Commits;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Lists;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Postgres.Outbox;
using Triggers.Storage.Postgres.Runs;
using Triggers.Storage.Postgres.States;

namespace Triggers.Storage.Postgres.Writing;

/// <summary>A commit of one loop on its way.</summary>
internal sealed class CommitItem(Commit commit)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _done.Task;

    public RecordBatch Records => commit.Records;

    public IEnumerable<string> MessageIds => commit.Messages.Select(message => message.MessageId);

    /// <summary>Every partition that it moves or erases in.</summary>
    public IEnumerable<int> Partitions(int count)
        => commit.Advances.Select(advance => advance.Partition).Concat(commit.Flushes.Select(flush => flush.Partition))
            .Concat(commit.Erased.Select(key => CustomerKey.PartitionOf(new CustomerKey(key).Hash(), count)));

    /// <summary>Checks it against where the partitions stand, moves them, and says what is to be written.</summary>
    /// <param name="now">The clock as it stands, which may have jumped back behind <paramref name="at"/>.</param>
    public void Apply(PartitionState[] partitions, SortedDictionary<int, PartitionState> moved, Statements statements, long now, long at, List<QueuedMessage> queued)
    {
        CommitRules.Check(commit, partitions);
        foreach (var advance in commit.Advances)
        {
            ref var partition = ref partitions[advance.Partition];
            (partition.Epoch, partition.Cursor) = (advance.Epoch, advance.To);
            moved[advance.Partition] = partition;
        }

        PostgresChecksums.Add(statements, commit, at);
        Count(statements);
        MessageTable.Insert(statements, commit.Messages, partitions.Length, now, queued);
        MessageTable.Cancel(statements, commit.Cancellations, now);
        SearchTable.Index(statements, commit.Indexed);
        var customers = new StateFlush();
        foreach (var key in commit.Erased)
        {
            var utf8 = Encoding.UTF8.GetBytes(key);
            var partition = CustomerKey.PartitionOf(CustomerKey.HashOf(utf8), partitions.Length);
            customers.Remove(partition, utf8);
            ErasureTable.Begin(statements, key, partition, partitions[partition].Cursor, now);
        }

        foreach (var flush in commit.Flushes)
        {
            ref var partition = ref partitions[flush.Partition];
            (partition.Floor, partition.FloorState) = (flush.Floor, flush.FloorState);
            moved[flush.Partition] = partition;
            customers.Add(flush);
        }

        customers.Write(statements);
    }

    public void Done() => _done.TrySetResult();

    public void Fail(Exception error) => _done.TrySetException(error);

    /// <summary>Counters are the partition's whose owner commits, so that no two processes count in one row. Names are counted by text, whatever object counts.</summary>
    private void Count(Statements statements)
    {
        if (commit.Counters.Count == 0)
        {
            return;
        }

        var deltas = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (counter, delta) in commit.Counters)
        {
            deltas[counter.Name] = deltas.GetValueOrDefault(counter.Name) + delta;
        }

        var partition = commit.Advances.Count > 0 ? commit.Advances[0].Partition : commit.Flushes.Count > 0 ? commit.Flushes[0].Partition : 0;
        statements.Add(PartitionTable.Count, (short)partition, deltas.Keys.ToArray(), deltas.Values.ToArray());
    }
}
