using System.Runtime.InteropServices;

namespace Triggers.Storage.Commits;

/// <summary>What a store refuses to commit, whatever its engine.</summary>
internal static class CommitRules
{
    /// <summary>Everything that can be wrong with a commit is found here, before its first write; the partitions are as they stand before it.</summary>
    public static void Check(Commit commit, ReadOnlySpan<PartitionState> partitions)
    {
        var records = 0L;
        foreach (ref readonly var advance in CollectionsMarshal.AsSpan(commit.Advances))
        {
            ref readonly var partition = ref partitions[advance.Partition];
            if (advance.Epoch < partition.Epoch)
            {
                throw new EpochLostException(advance.Partition, advance.Epoch);
            }

            var cursor = CursorBefore(commit, advance, partition.Cursor);
            if (advance.From != cursor)
            {
                throw new InvalidOperationException($"A commit of partition {advance.Partition} begins at offset {advance.From}, but the cursor stands at {cursor}.");
            }

            if (advance.To < advance.From || advance.To > partition.Head)
            {
                throw new InvalidOperationException($"A commit of partition {advance.Partition} ends at offset {advance.To}, outside of {advance.From} to {partition.Head}.");
            }

            records += advance.Records;
        }

        if (commit.Checksums.Length > 0 && commit.Checksums.Length != records * PartitionAdvance.ChecksumBytes)
        {
            throw new InvalidOperationException($"A commit of {records} records has {commit.Checksums.Length} bytes of checksums; {PartitionAdvance.ChecksumBytes} a record were expected, or none.");
        }

        foreach (var flush in commit.Flushes)
        {
            var cursor = partitions[flush.Partition].Cursor;
            foreach (ref readonly var advance in CollectionsMarshal.AsSpan(commit.Advances))
            {
                cursor = advance.Partition == flush.Partition ? advance.To : cursor;
            }

            if (flush.Floor > cursor || flush.Floor < partitions[flush.Partition].Floor)
            {
                throw new InvalidOperationException($"A flush of partition {flush.Partition} sets the floor to {flush.Floor}, outside of the floor {partitions[flush.Partition].Floor} and the cursor {cursor}.");
            }
        }
    }

    /// <summary>A commit may advance one partition several times, in order.</summary>
    private static long CursorBefore(Commit commit, in PartitionAdvance advance, long stored)
    {
        foreach (ref readonly var earlier in CollectionsMarshal.AsSpan(commit.Advances))
        {
            if (earlier == advance)
            {
                break;
            }

            stored = earlier.Partition == advance.Partition ? earlier.To : stored;
        }

        return stored;
    }
}
