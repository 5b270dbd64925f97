using Npgsql;
using Triggers.Storage.Blocks;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Moving.Steps;

/// <summary>Blocks that are in no run yet: each becomes a chunk for every partition that it has records of, and its commit row brings checksums.</summary>
internal sealed class TailStep(SqliteSource source, int sliceBytes) : IMoveStep
{
    private const string SelectBlocks = "SELECT Seq, At, Directory, Body, Commits FROM Blocks WHERE Seq >= ?1 ORDER BY Seq";

    private const string CopyChunks = "COPY log_chunks (partition, next_offset, count, at, bytes) FROM STDIN (FORMAT BINARY)";

    public string Name => "tail";

    public IEnumerable<Slice> Read(string position)
    {
        var seq = Slice.Numbers(position) is [var last] ? last + 1 : source.TailSeq;
        while (true)
        {
            var chunks = new List<object?[]>();
            var checksums = new ChecksumRows(source.State.LastAt);
            var instants = new HashSet<long>();
            var next = ReadBlocks(seq, chunks, checksums, instants);
            if (next == seq)
            {
                yield break;
            }

            seq = next;
            yield return new Slice(Slice.PositionOf(seq - 1), chunks.Sum(chunk => (long)(int)chunk[2]!), instants, connection => WriteAsync(connection, chunks, checksums));
        }
    }

    private static async Task WriteAsync(NpgsqlConnection connection, List<object?[]> chunks, ChecksumRows checksums)
    {
        await Slice.CopyAsync(connection, CopyChunks, chunks).ConfigureAwait(false);
        await checksums.WriteAsync(connection).ConfigureAwait(false);
    }

    /// <summary>Some blocks; returns the number of the next one.</summary>
    private long ReadBlocks(long seq, List<object?[]> chunks, ChecksumRows checksums, HashSet<long> instants)
    {
        using var lease = source.Pool.Rent();
        using var row = lease.Statement(SelectBlocks).Bind(1, seq);
        for (var bytes = 0; bytes < sliceBytes && row.Step();)
        {
            seq = row.Int64(0) + 1;
            var at = row.Int64(1);
            instants.Add(at);
            var block = BlockTable.Read(source.Pool.Path, row, source.Info.Partitions);
            for (var partition = 0; partition < block.Partitions; partition++)
            {
                if (block.Counts[partition] > 0)
                {
                    var slice = BlockTable.Slice(source.Pool.Path, block, row.Blob(3), partition).ToArray();
                    chunks.Add([(short)partition, block.Next[partition], block.Counts[partition], at, slice]);
                    bytes += slice.Length + Limits.RowBytes;
                }
            }

            block.Release();
            bytes += row.Blob(4).Length + Limits.RowBytes;
            CommitRow.VisitChecksums(row.Blob(4), (partition, first, data) => checksums.Add(partition, first, data, at));
        }

        return seq;
    }
}
