using System.Buffers.Binary;
using Triggers.Runtime.Loop;
using Triggers.Storage;

namespace Triggers.Runtime.Replays;

/// <summary>The checksums of a stretch of one partition's records, as their commits stored them.</summary>
internal sealed class RecordedChecksums(long first, long end)
{
    private readonly ushort[] _checksums = new ushort[end - first];

    /// <summary>Those of the given stretches, in their order; read from the store in one go.</summary>
    public static RecordedChecksums[] Read(IChecksums store, IReadOnlyList<(int Partition, long First, long End)> stretches)
    {
        var found = new RecordedChecksums[stretches.Count];
        var byPartition = new Dictionary<int, RecordedChecksums>();
        for (var index = 0; index < found.Length; index++)
        {
            var (partition, from, to) = stretches[index];
            byPartition[partition] = found[index] = new RecordedChecksums(from, to);
        }

        if (found.Length > 0)
        {
            store.Read([.. stretches.Select(each => new PartitionOffset(each.Partition, each.First))], (partition, offset, checksums) => byPartition[partition].Set(offset, checksums));
        }

        return found;
    }

    /// <summary><see cref="EffectHash.None"/>: there is none.</summary>
    public ushort At(long offset) => _checksums[offset - first];

    private void Set(long offset, ReadOnlySpan<byte> checksums)
    {
        for (; !checksums.IsEmpty; checksums = checksums[PartitionAdvance.ChecksumBytes..], offset++)
        {
            if (offset >= first && offset < end)
            {
                _checksums[offset - first] = BinaryPrimitives.ReadUInt16LittleEndian(checksums);
            }
        }
    }
}
