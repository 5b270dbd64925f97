namespace Triggers.Storage.Commits;

/// <summary>Where one partition stands.</summary>
internal struct PartitionState
{
    public long Epoch;
    public long Cursor;
    public long Floor;
    public long Head;
    public byte[] FloorState;
}
