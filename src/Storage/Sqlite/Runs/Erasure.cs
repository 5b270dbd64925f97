using System.Text;
using Triggers.Engine.Records;
using Triggers.Storage.Sqlite.Lists;
using Triggers.Storage.Sqlite.Outbox;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>
/// Forgets a customer: in the erasing commit itself messages, mailbox, places on lists, examples of violations, search row and state go; the bytes in blocks, runs and old chunks are
/// rewritten right after, in the background, from a durable list, so that a crash cannot leave them.
/// </summary>
internal static class Erasure
{
    public static void Begin(WriteTransaction transaction, string customerKey)
    {
        var database = transaction.Database;
        var partition = CustomerKey.PartitionOf(CustomerKey.HashOf(Encoding.UTF8.GetBytes(customerKey)), transaction.PartitionCount);
        var before = transaction.Partition(partition).Cursor;
        MessageTable.Erase(transaction, customerKey);
        database.Statement(SqliteMailbox.DeleteOfCustomer).Bind(1, customerKey).Run();
        database.Statement(SqliteQuality.DeleteOfCustomer).Bind(1, customerKey).Run();
        if (customerKey.StartsWith("u:", StringComparison.Ordinal))
        {
            SqliteLists.Forget(transaction, customerKey[2..]);
        }

        transaction.Index(customerKey, null);
        transaction.States.Remove(partition, customerKey);
        database.Statement("INSERT INTO Erasures (CustomerKey, Partition, Before, At) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (CustomerKey) DO UPDATE SET Before = excluded.Before, At = excluded.At")
            .Bind(1, customerKey).Bind(2, partition).Bind(3, before).Bind(4, transaction.At).Run();
        var at = transaction.At;
        transaction.AfterCommit(() => transaction.State.Erasures[customerKey] = new ErasureMark(before, transaction.State.Log.LastSeq, at));
    }
}
