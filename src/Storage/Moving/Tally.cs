using System.Runtime.InteropServices;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Storage.Moving;

/// <summary>What one side holds: of each kind and partition how many, and the sum of their hashes, which no order changes.</summary>
internal sealed class Tally
{
    private readonly Dictionary<(string Kind, int Partition), (long Count, ulong Sum)> _sums = [];
    private long _items;

    /// <summary>For who watches.</summary>
    public long Items => Interlocked.Read(ref _items);

    public void AddRecord(int partition, long offset, long at, ReadOnlySpan<byte> record) => Add("records", partition, Hash64.Of(record, Seed(offset, at)));

    public void AddState(int partition, ulong hash, long due, ReadOnlySpan<byte> state) => Add("states", partition, Hash64.Of(state, Seed((long)hash, due)));

    /// <summary>Those of some records, each by itself: rows of them are cut differently on the two sides.</summary>
    public void AddChecksums(int partition, long first, ReadOnlySpan<byte> checksums)
    {
        for (; !checksums.IsEmpty; checksums = checksums[PartitionAdvance.ChecksumBytes..], first++)
        {
            Add("checksums", partition, Hash64.Of(checksums[..PartitionAdvance.ChecksumBytes], (ulong)first), items: 0);
        }
    }

    /// <param name="partition">-1: none.</param>
    public void AddRow(string table, int partition, ReadOnlySpan<object?> values)
    {
        using var row = new ByteWriter();
        foreach (var value in values)
        {
            switch (value)
            {
                case null:
                    row.Byte(0);
                    break;
                case string text:
                    row.Byte(1);
                    row.Text(text);
                    break;
                case byte[] bytes:
                    row.Byte(2);
                    row.Text(bytes);
                    break;
                default:
                    row.Byte(3);
                    row.ZigZag(Convert.ToInt64(value, null));
                    break;
            }
        }

        Add(table, partition, Hash64.Of(row.Written));
    }

    public static List<string> Compare(Tally source, Tally target)
    {
        var differences = new List<string>();
        foreach (var kind in source._sums.Keys.Union(target._sums.Keys).Order())
        {
            var (here, there) = (source._sums.GetValueOrDefault(kind), target._sums.GetValueOrDefault(kind));
            var what = kind.Partition < 0 ? kind.Kind : FormattableString.Invariant($"{kind.Kind} of partition {kind.Partition}");
            if (here.Count != there.Count)
            {
                differences.Add(FormattableString.Invariant($"{what}: {here.Count} in the data folder, {there.Count} in the copy"));
            }
            else if (here.Sum != there.Sum)
            {
                differences.Add(FormattableString.Invariant($"{what}: {here.Count} on both sides, but their checksums differ"));
            }
        }

        return differences;
    }

    /// <summary>How many of a kind there are.</summary>
    public long CountOf(string kind) => _sums.Where(each => each.Key.Kind == kind).Sum(each => each.Value.Count);

    private static ulong Seed(long a, long b) => unchecked(((ulong)a * 0x9E3779B97F4A7C15) ^ (ulong)b);

    private void Add(string kind, int partition, ulong hash, int items = 1)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (kind, partition), out _);
        sum = (sum.Count + 1, unchecked(sum.Sum + hash));
        Interlocked.Add(ref _items, items);
    }
}
