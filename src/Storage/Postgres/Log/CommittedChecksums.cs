using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Log;

/// <summary>Checksums of what the commits of one transaction applied: one row for records of a partition that follow one another, whatever commits they are of.</summary>
internal sealed class CommittedChecksums
{
    private readonly List<(int Partition, long Next, List<byte> Bytes)> _rows = [];
    private readonly Dictionary<int, int> _last = [];

    public void Add(Commit commit)
    {
        if (commit.Checksums.Length == 0)
        {
            return;
        }

        var start = 0;
        foreach (var advance in commit.Advances)
        {
            var length = advance.Records * PartitionAdvance.ChecksumBytes;
            if (length == 0)
            {
                continue;
            }

            if (!_last.TryGetValue(advance.Partition, out var row) || _rows[row].Next != advance.From)
            {
                row = _rows.Count;
                _rows.Add((advance.Partition, advance.From, []));
                _last[advance.Partition] = row;
            }

            var (partition, _, bytes) = _rows[row];
            bytes.AddRange(commit.Checksums.Written.Slice(start, length));
            _rows[row] = (partition, advance.To, bytes);
            start += length;
        }
    }

    /// <summary>Adds the statement for what is gathered, and begins anew.</summary>
    public void Write(Statements statements, long at)
    {
        if (_rows.Count > 0)
        {
            statements.Add(
                PostgresChecksums.Insert, _rows.ConvertAll(row => (short)row.Partition).ToArray(), _rows.ConvertAll(row => row.Next).ToArray(), at,
                _rows.ConvertAll(row => row.Bytes.ToArray()).ToArray());
            _rows.Clear();
            _last.Clear();
        }
    }
}
