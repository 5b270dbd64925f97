namespace Triggers.Storage;

/// <summary>
/// What commits stored of the effects of their records, for replays to compare with. As old as the log: a store keeps them when it brings records into
/// their long-term form, and an erasure leaves them.
/// </summary>
public interface IChecksums
{
    /// <summary>Visits the checksums of committed records at or behind the given offsets, one offset a partition. In any order; some may come twice.</summary>
    void Read(IReadOnlyList<PartitionOffset> from, ChecksumVisitor visit);
}

/// <param name="first">Offset of the first record that has a checksum here. It may lie before the one asked for.</param>
/// <param name="checksums">Two bytes a record, little-endian; valid during the call.</param>
public delegate void ChecksumVisitor(int partition, long first, ReadOnlySpan<byte> checksums);
