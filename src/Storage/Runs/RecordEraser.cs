using Triggers.Engine.Records;
using Triggers.Storage.Blocks;

namespace Triggers.Storage.Runs;

/// <summary>
/// Replaces one customer's records in encoded bytes by timers without a key, which mean nothing to anybody. The hash stays, so that runs stay sorted;
/// the number of records stays, so that offsets do.
/// </summary>
/// <param name="naming">Only the links, the orders, and what was told to groups, that name this other key; null: everything.</param>
internal sealed class RecordEraser(byte[] key, ulong hash, int partition, long before, byte[]? naming = null)
{
    private const int BlankBytes = 16;

    public int Partition => partition;

    public ulong Hash => hash;

    /// <summary>A block's body without the customer, its lengths moved in the directory; null: the customer is not in it.</summary>
    public byte[]? Erase(Block block, ReadOnlySpan<byte> body)
    {
        if (Erase(body[block.Starts[partition]..block.Starts[partition + 1]], block.FirstOffset(partition)) is not { } rewritten)
        {
            return null;
        }

        var shift = rewritten.Length - (block.Starts[partition + 1] - block.Starts[partition]);
        byte[] erased = [.. body[..block.Starts[partition]], .. rewritten, .. body[block.Starts[partition + 1]..]];
        for (var next = partition + 1; next <= block.Partitions; next++)
        {
            block.Starts[next] += shift;
        }

        return erased;
    }

    /// <summary>Records that follow one another, without the customer; null: the customer is not in them.</summary>
    public byte[]? Erase(ReadOnlySpan<byte> records, long firstOffset)
    {
        using var rewritten = new ByteWriter(records.Length + BlankBytes);
        var found = false;
        for (var offset = firstOffset; !records.IsEmpty; offset++)
        {
            var length = RecordView.ReadHead(records, out var recordHash, out _);
            found |= Write(rewritten, recordHash, offset, records[..length]);
            records = records[length..];
        }

        return found ? rewritten.Written.ToArray() : null;
    }

    /// <summary>A page without the customer; null: the customer is not in it.</summary>
    public byte[]? Erase(ReadOnlySpan<byte> page)
    {
        using var reader = new RunPageReader(page);
        using var rewritten = new RunPage(reader.Packs);
        using var record = new ByteWriter(4096);
        var found = false;
        while (reader.Next())
        {
            record.Clear();
            found |= Write(record, reader.Hash, reader.Offset, reader.Record);
            rewritten.Add(reader.Hash, reader.Offset, reader.At, record.Written);
        }

        return found ? rewritten.Encode().ToArray() : null;
    }

    private bool Write(ByteWriter into, ulong recordHash, long offset, ReadOnlySpan<byte> record)
    {
        if (recordHash != hash || offset >= before || !IsOfCustomer(record))
        {
            into.Bytes(record);
            return false;
        }

        var start = into.OpenLength();
        into.UInt64(hash);
        into.Byte((byte)RecordKind.Timer);
        into.Byte(0);
        into.Byte(0);
        into.Text([]);
        into.CloseLength(start);
        return true;
    }

    private bool IsOfCustomer(ReadOnlySpan<byte> record)
    {
        RecordView.Read(record, out var view);
        return view.Key.SequenceEqual(key) && (naming is null || (view.Kind is RecordKind.Link or RecordKind.TakeOver or RecordKind.Group && view.OtherId.SequenceEqual(naming))
            || (view is { Kind: RecordKind.Command, CommandKind: CommandKind.Merge or CommandKind.Split or CommandKind.Disown or CommandKind.Disowned } && view.Name.SequenceEqual(naming)));
    }
}
