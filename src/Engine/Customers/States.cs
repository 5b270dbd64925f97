using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Customers;

/// <summary>Points of one score beside engagement, which decay.</summary>
internal struct ScoreState : IHashed
{
    /// <summary>Hash of the score's id.</summary>
    public ulong Key;
    public Scoring.Score Points;

    readonly ulong IHashed.Hash => Key;
}

/// <summary>Where a customer stands in one segment. Kept only while it is not plainly outside, or time may bring it in.</summary>
internal struct SegmentState : IHashed
{
    /// <summary>Hash of the segment's id.</summary>
    public ulong Key;
    public Truth Truth;

    /// <summary>When it became so.</summary>
    public long Since;

    /// <summary>The second at which time alone may change it.</summary>
    public long Due;

    readonly ulong IHashed.Hash => Key;
}

/// <summary>Persisted as a byte: append-only.</summary>
public enum EntryStatus : byte
{
    Active = 1,
    Completed = 2,
    Exited = 3,
}

/// <summary>A customer's latest run through one campaign.</summary>
internal struct EntryState
{
    /// <summary>Hash of the campaign's id.</summary>
    public ulong Campaign;

    /// <summary>Program version in which the content it runs came into force.</summary>
    public int Version;

    /// <summary>From 1: how often this customer has entered.</summary>
    public int Number;
    public EntryStatus Status;
    public bool IsConverted;
    public long EnteredAt;

    /// <summary>What <c>since entry</c> and the goal count from: when the triggering event occurred.</summary>
    public long Since;
    public long EndedAt;

    /// <summary>Key of the step it waits at.</summary>
    public ulong Step;

    /// <summary>End of the wait.</summary>
    public long Until;

    /// <summary>The second at which time alone may make the exit condition hold.</summary>
    public long ExitDue;

    /// <summary>Makes message ids unique to this entry, wherever it is taken over to.</summary>
    public ulong Seed;

    /// <summary>The event that triggered it, for templates.</summary>
    public HeapList<byte> EventName;
    public HeapList<byte> EventBody;

    public void FreeEvent(StateHeap heap)
    {
        EventName.Free(heap);
        EventBody.Free(heap);
    }
}

/// <summary>What has come of a message. Persisted: append-only.</summary>
[Flags]
internal enum MessageFlags : ushort
{
    None = 0,
    Sent = 1,
    Skipped = 2,
    Failed = 4,
    Bounced = 8,
    Opened = 16,
    Clicked = 32,
    Unsubscribed = 64,
    Complained = 128,
    Replied = 256,
}

/// <summary>A message decided for the customer, while outcomes may come and caps may count it.</summary>
internal struct MessageState
{
    public ulong IdHigh;
    public ulong IdLow;
    public ulong Campaign;
    public ulong Step;
    public long DecidedAt;
    public MessageFlags Flags;
    public HeapList<byte> Channel;
}

/// <summary>How many events of a UTC day have earned points by one capped rule.</summary>
internal struct CappedDay
{
    public ulong Rule;

    /// <summary>Days since 1970.</summary>
    public int Day;
    public int Count;
}
