using Triggers.Engine.Records;

namespace Triggers.Storage.Runs;

/// <summary>Picks records out of encoded bytes, and copies them.</summary>
internal static class RecordFilter
{
    /// <param name="hash">Null: every customer.</param>
    public static void Take(ReadOnlySpan<byte> bytes, long offset, long at, long from, long to, ulong? hash, ReadOnlySpan<byte> key, List<HistoryRecord> into)
    {
        while (!bytes.IsEmpty)
        {
            var length = RecordView.ReadHead(bytes, out var recordHash, out _);
            if (offset >= from && offset < to && (hash is null || (recordHash == hash && Has(bytes, key))))
            {
                into.Add(new HistoryRecord(offset, at, bytes[..length].ToArray()));
            }

            bytes = bytes[length..];
            offset++;
        }
    }

    /// <summary>Whether the record at the start is of this customer key.</summary>
    public static bool Has(ReadOnlySpan<byte> record, ReadOnlySpan<byte> key)
    {
        RecordView.Read(record, out var view);
        return view.Key.SequenceEqual(key);
    }
}
