using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Storage.Commits;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Lists;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Postgres.Outbox;
using Triggers.Storage.Postgres.Runs;
using Triggers.Storage.Postgres.States;

namespace Triggers.Storage.Postgres.Writing;

/// <summary>
/// What the commits of one transaction write, in as few statements and rows as one commit would take: where each partition has a loop of its own, many small
/// commits wait together, and counting a counter up once for each of them would cost more than all the rest.
/// </summary>
/// <param name="now">The clock as it stands, which may have jumped back behind <paramref name="at"/>.</param>
internal sealed class GatheredCommits(Statements statements, long now, long at, List<QueuedMessage> queued)
{
    private readonly CommittedChecksums _checksums = new();
    private readonly SortedDictionary<(int Partition, string Name), long> _counters = new(Comparer<(int Partition, string Name)>.Create(Compare));
    private List<MessageDecision> _messages = [];
    private List<IndexedCustomer> _indexed = [];
    private StateFlush _customers = new();

    /// <param name="partitions">As they stand behind the commit.</param>
    public void Add(Commit commit, PartitionState[] partitions)
    {
        // An erasure and a cancellation are of what was written before them, and not of what comes behind: they stand between two gatherings.
        var isBorder = commit.Erased.Count > 0 || commit.Cancellations.Count > 0;
        if (isBorder)
        {
            Write(partitions.Length);
        }

        _checksums.Add(commit);
        Count(commit);
        _messages.AddRange(commit.Messages);
        _indexed.AddRange(commit.Indexed);
        if (isBorder)
        {
            WriteRows(partitions.Length);
            MessageTable.Cancel(statements, commit.Cancellations, now);
            foreach (var key in commit.Erased)
            {
                var utf8 = Encoding.UTF8.GetBytes(key);
                var partition = CustomerKey.PartitionOf(CustomerKey.HashOf(utf8), partitions.Length);
                _customers.Remove(partition, utf8);
                ErasureTable.Begin(statements, key, partition, partitions[partition].Cursor, now);
            }
        }

        commit.Flushes.ForEach(_customers.Add);
        if (isBorder)
        {
            WriteCustomers();
        }
    }

    /// <summary>Adds the statements for what is gathered.</summary>
    public void Write(int partitions)
    {
        WriteRows(partitions);
        WriteCustomers();
    }

    private static int Compare((int Partition, string Name) a, (int Partition, string Name) b)
        => a.Partition != b.Partition ? a.Partition.CompareTo(b.Partition) : string.CompareOrdinal(a.Name, b.Name);

    private void WriteRows(int partitions)
    {
        _checksums.Write(statements, at);
        if (_counters.Count > 0)
        {
            statements.Add(PartitionTable.Count, _counters.Keys.Select(key => (short)key.Partition).ToArray(), _counters.Keys.Select(key => key.Name).ToArray(), _counters.Values.ToArray());
            _counters.Clear();
        }

        MessageTable.Insert(statements, _messages, partitions, now, queued);
        SearchTable.Index(statements, _indexed);

        // New ones: who reads the rows of a statement may still want the old.
        (_messages, _indexed) = ([], []);
    }

    private void WriteCustomers()
    {
        _customers.Write(statements);
        _customers = new StateFlush();
    }

    /// <summary>Counters are the partition's whose owner commits, so that no two processes count in one row. Names are counted by text, whatever object counts.</summary>
    private void Count(Commit commit)
    {
        var partition = commit.Advances.Count > 0 ? commit.Advances[0].Partition : commit.Flushes.Count > 0 ? commit.Flushes[0].Partition : 0;
        foreach (var (counter, delta) in commit.Counters)
        {
            _counters[(partition, counter.Name)] = _counters.GetValueOrDefault((partition, counter.Name)) + delta;
        }
    }
}
