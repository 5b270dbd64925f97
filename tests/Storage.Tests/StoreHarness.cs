using System.Text;
using Triggers.Engine.Records;

namespace Triggers.Storage.Tests;

/// <summary>One store under test, which can be closed, killed and opened again.</summary>
public abstract class StoreHarness : IAsyncDisposable
{
    public ManualTime Time { get; } = new();

    public IStore Store { get; protected set; } = null!;

    /// <summary>Opens the same data again, after a clean close or as after a kill.</summary>
    public abstract Task ReopenAsync(bool killed = false);

    /// <summary>Waits for what the store does behind a commit: search entries, erased bytes.</summary>
    public abstract Task SettleAsync();

    public abstract ValueTask DisposeAsync();

    public int PartitionOf(CustomerKey key) => CustomerKey.PartitionOf(key.Hash(), Store.Log.Partitions);

    public PartitionMark Mark(int partition) => Store.Recover().Partitions[partition];

    public PartitionMark Mark(CustomerKey key) => Mark(PartitionOf(key));

    public async Task<AppendResult> AppendAsync(params (CustomerKey Key, string Name)[] events)
    {
        using var batch = new RecordBatch();
        foreach (var (key, name) in events)
        {
            batch.AddTrack(key, name, Time.Ms);
        }

        return await Store.Log.AppendAsync(batch, AppendLane.External);
    }

    /// <summary>A commit that moves the cursor of a key's partition to its head.</summary>
    public Commit CommitOf(CustomerKey key, Action<Commit>? fill = null)
    {
        var mark = Mark(key);
        var commit = new Commit();
        commit.Advances.Add(new PartitionAdvance(mark.Partition, mark.Epoch, mark.Cursor, mark.Head));
        fill?.Invoke(commit);
        return commit;
    }

    /// <summary>Every record from the given offsets, read until nothing comes any more.</summary>
    public async Task<List<ReadRecord>> ReadAllAsync(params PartitionOffset[] from)
    {
        from = from.Length > 0 ? from : [.. Enumerable.Range(0, Store.Log.Partitions).Select(partition => new PartitionOffset(partition, 0))];
        using var reader = Store.Log.OpenReader(from);
        var records = new List<ReadRecord>();
        while (true)
        {
            var slices = await reader.ReadAsync(TimeSpan.Zero, default);
            if (slices.Count == 0)
            {
                return records;
            }

            foreach (var slice in slices)
            {
                records.AddRange(ReadRecord.Of(slice));
            }
        }
    }

    public static byte[] StateOf(string key, string content)
    {
        using var writer = new ByteWriter();
        writer.Text(key);
        writer.Bytes(Encoding.UTF8.GetBytes(content));
        return writer.Written.ToArray();
    }
}

public sealed record ReadRecord(int Partition, long Offset, long At, RecordKind Kind, string Key, string Name)
{
    public static List<ReadRecord> Of(LogSlice slice)
    {
        var records = new List<ReadRecord>();
        var bytes = slice.Bytes;
        for (var i = 0; i < slice.Count; i++)
        {
            bytes = bytes[Read(slice.Partition, slice.FirstOffset + i, slice.At, bytes.Span, records)..];
        }

        Assert.True(bytes.IsEmpty);
        return records;
    }

    public static ReadRecord Of(int partition, HistoryRecord record)
    {
        var records = new List<ReadRecord>();
        Assert.Equal(record.Bytes.Length, Read(partition, record.Offset, record.At, record.Bytes.Span, records));
        return records[0];
    }

    private static int Read(int partition, long offset, long at, ReadOnlySpan<byte> bytes, List<ReadRecord> into)
    {
        var length = RecordView.Read(bytes, out var view);
        into.Add(new ReadRecord(partition, offset, at, view.Kind, Encoding.UTF8.GetString(view.Key), Encoding.UTF8.GetString(view.Name)));
        return length;
    }
}
