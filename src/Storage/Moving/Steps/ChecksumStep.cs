using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Moving.Steps;

/// <summary>Checksums of records whose blocks became runs.</summary>
internal sealed class ChecksumStep(SqliteSource source, int sliceBytes) : IMoveStep
{
    private const string SelectRows = "SELECT Id, Partition, FirstOffset, Data FROM Checksums WHERE Id > ?1 ORDER BY Id";

    public string Name => "checksums";

    public IEnumerable<Slice> Read(string position)
    {
        var id = Slice.Numbers(position) is [var last] ? last : 0;
        while (true)
        {
            var rows = new ChecksumRows(source.State.LastAt);
            if (!ReadRows(ref id, rows))
            {
                yield break;
            }

            yield return new Slice(Slice.PositionOf(id), 0, [source.State.LastAt], rows.WriteAsync);
        }
    }

    private bool ReadRows(ref long id, ChecksumRows rows)
    {
        var bytes = 0;
        using var lease = source.Pool.Rent();
        using var row = lease.Statement(SelectRows).Bind(1, id);
        while (bytes < sliceBytes && row.Step())
        {
            id = row.Int64(0);
            rows.Add(row.Int32(1), row.Int64(2), row.Blob(3), null);
            bytes += row.Blob(3).Length + Limits.RowBytes;
        }

        return bytes > 0;
    }
}

/// <summary>Rows on their way into the table of checksums: with the day of the run that their records are in, so that they leave with it.</summary>
/// <param name="lastAt">For those of which no instant is known: they stay longest.</param>
internal sealed class ChecksumRows(long lastAt)
{
    private const string Insert = """
        INSERT INTO log_checksums (partition, next_offset, at, bytes)
        SELECT c.partition, c.next_offset,
            coalesce((SELECT r.at FROM log_runs r WHERE r.partition = c.partition AND r.next_offset >= c.next_offset ORDER BY r.next_offset LIMIT 1), c.at), c.bytes
        FROM unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bytea[]) AS c (partition, next_offset, at, bytes)
        """;

    private readonly List<short> _partitions = [];
    private readonly List<long> _nexts = [];
    private readonly List<long> _instants = [];
    private readonly List<byte[]> _bytes = [];

    public void Add(int partition, long first, ReadOnlySpan<byte> checksums, long? at)
    {
        _partitions.Add((short)partition);
        _nexts.Add(first + (checksums.Length / PartitionAdvance.ChecksumBytes));
        _instants.Add(at ?? lastAt);
        _bytes.Add(checksums.ToArray());
    }

    public Task WriteAsync(NpgsqlConnection connection)
        => new Statements().Add(Insert, _partitions.ToArray(), _nexts.ToArray(), _instants.ToArray(), _bytes.ToArray()).RunAsync(connection);
}
