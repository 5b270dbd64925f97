using Triggers.Runtime.Hosting;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Replays;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>Where one partition's loop stands. Owned by its worker; <see cref="Committed"/>, <see cref="ProgramVersion"/> and <see cref="Applied"/> are read by others.</summary>
internal sealed class Partition(PartitionMark mark, ProgramLibrary library)
{
    private long _applied = mark.Floor;
    private long _committed = mark.Cursor;
    private int _programVersion;

    public int Number { get; } = mark.Partition;

    public long Epoch { get; } = mark.Epoch;

    /// <summary>Records before this offset were committed before the start: they rebuild state only.</summary>
    public long RebuildTo { get; } = mark.Cursor;

    /// <summary>The log's end at the start: from there on the partition is live.</summary>
    public long HeadAtStart { get; } = mark.Head;

    /// <summary>Offset of the next record to apply.</summary>
    public long Applied
    {
        get => Volatile.Read(ref _applied);
        set => Volatile.Write(ref _applied, value);
    }

    /// <summary>The cursor of the last commit that was given to the store.</summary>
    public long Cursor { get; set; } = mark.Cursor;

    /// <summary>The durable cursor.</summary>
    public long Committed
    {
        get => Volatile.Read(ref _committed);
        set => Volatile.Write(ref _committed, value);
    }

    /// <summary>The version in force where the loop stands.</summary>
    public int ProgramVersion
    {
        get => Volatile.Read(ref _programVersion);
        set => Volatile.Write(ref _programVersion, value);
    }

    /// <summary>The floor of the last flush.</summary>
    public long Floor { get; set; } = mark.Floor;

    /// <summary>Compares what is rebuilt; null: nothing is, or not any more.</summary>
    public EffectCheck? Check { get; set; }

    public PartitionFacts Facts { get; } = new(library, mark.FloorState);

    public TimerHeap Timers { get; } = new();

    /// <summary>The largest <c>at</c> seen: the partition's own clock never goes back, whatever the machine's does.</summary>
    public long LastAt { get; set; }

    public long NextFlushAt { get; set; }

    /// <summary>Customers that the next turn flushes though their time has not come, so that those who were touched together are not flushed together.</summary>
    public int FlushAhead { get; set; }

    /// <summary>Where the loop stood at the last turn.</summary>
    public long FlushTurnAt { get; set; } = mark.Head;

    /// <summary>States in memory may differ from their snapshots, or the floor stands below the cursor.</summary>
    public bool IsUnflushed => Floor < Applied;

    /// <summary>Where the walk after a changed fact stands: null: from the start.</summary>
    public ulong? WalkedTo { get; set; }

    public PartitionStatus Status => new(Number, ProgramVersion, Facts.Current.PausedCampaigns) { IsWalking = IsWalking };

    public bool IsLive => Applied >= HeadAtStart;

    public bool IsWalking => IsLive && Facts.IsWalking;
}
