using Triggers.Engine.Records;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>Joins the checksums of many commit rows into one row a partition, so that they outlive their blocks at two bytes a record.</summary>
internal sealed class ChecksumGathering(int partitions) : IDisposable
{
    public const string InsertChecksums = "INSERT INTO Checksums (Partition, FirstOffset, Data) VALUES (?1, ?2, ?3)";

    private readonly Stretch?[] _open = new Stretch?[partitions];
    private readonly List<Stretch> _all = [];

    private sealed record Stretch(int Partition, long First, ByteWriter Data)
    {
        public long Next => First + (Data.Length / PartitionAdvance.ChecksumBytes);
    }

    public void Add(int partition, long first, ReadOnlySpan<byte> checksums)
    {
        ref var open = ref _open[partition];
        if (open is null || open.Next != first)
        {
            open = new Stretch(partition, first, new ByteWriter());
            _all.Add(open);
        }

        open.Data.Bytes(checksums);
    }

    public void Insert(SqliteDatabase database)
    {
        foreach (var stretch in _all)
        {
            database.Statement(InsertChecksums).Bind(1, stretch.Partition).Bind(2, stretch.First).Bind(3, stretch.Data.Written).Run();
        }
    }

    public void Dispose()
    {
        foreach (var stretch in _all)
        {
            stretch.Data.Dispose();
        }
    }
}
