using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Log;

/// <summary>Checksums from where the writer puts them: commit rows of the log's tail, and the table that takes them when blocks become runs.</summary>
internal sealed class SqliteChecksums(ReadPool pool) : IChecksums
{
    public const string SelectCommits = "SELECT Commits FROM Blocks WHERE Seq >= ?1 AND Seq <= ?2 ORDER BY Seq";

    /// <summary>From the row on that may hold an offset.</summary>
    public const string SelectFrom = """
        SELECT FirstOffset, Data FROM Checksums
        WHERE Partition = ?1 AND FirstOffset >= coalesce((SELECT max(FirstOffset) FROM Checksums WHERE Partition = ?1 AND FirstOffset <= ?2), 0) ORDER BY FirstOffset
        """;

    public void Read(IReadOnlyList<PartitionOffset> from, ChecksumVisitor visit)
    {
        var wanted = from.ToDictionary(each => each.Partition, each => each.Offset);
        using var lease = pool.Rent();

        // Blocks first: one that is gone by then has brought its checksums into the table, which is read afterwards.
        using (var row = lease.Statement(SelectCommits).Bind(1, 0).Bind(2, long.MaxValue))
        {
            while (row.Step())
            {
                CommitRow.VisitChecksums(row.Blob(0), (partition, first, checksums) =>
                {
                    if (wanted.TryGetValue(partition, out var offset) && first + (checksums.Length / PartitionAdvance.ChecksumBytes) > offset)
                    {
                        visit(partition, first, checksums);
                    }
                });
            }
        }

        foreach (var (partition, offset) in wanted)
        {
            using var row = lease.Statement(SelectFrom).Bind(1, partition).Bind(2, offset);
            while (row.Step())
            {
                visit(partition, row.Int64(0), row.Blob(1));
            }
        }
    }
}
