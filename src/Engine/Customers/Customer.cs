using System.Text;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;

namespace Triggers.Engine.Customers;

/// <summary>One person under one customer key: everything the machine knows of them.</summary>
public sealed partial class Customer(string key, ulong hash)
{
    internal BehaviourState[] Behaviours = [];
    internal SegmentState[] Segments = [];
    internal EntryState[] Entries = [];
    internal MessageState[] Messages = [];
    internal CappedDay[] CappedDays = [];
    internal Lifecycle Life = Lifecycle.Empty;
    internal Score Points;
    internal DedupeWindow Dedupe = DedupeWindow.Empty;
    internal NameTable EventNames = NameTable.Empty;
    internal NameTable Links = NameTable.Empty;

    /// <summary>What a link is worth: asked for, refused or not answered yet; or this customer holds that key's state; or asked for by a customer not seen yet.</summary>
    internal const long LinkAsked = 1, LinkAbsorbed = 2, LinkPending = 3;

    public string Key { get; } = key;

    public ulong Hash { get; } = hash;

    /// <summary>Offset of the last record applied, −1 before the first.</summary>
    public long Offset { get; internal set; } = -1;

    /// <summary>The next instant at which time alone changes something, ms since 1970; <see cref="long.MaxValue"/>: none.</summary>
    public long Due { get; internal set; } = Instants.Never;

    /// <summary>Version of the program that the segments were last evaluated under; 0: none yet.</summary>
    public int ProgramVersion { get; internal set; }

    internal byte[] KeyUtf8 { get; } = Encoding.UTF8.GetBytes(key);

    /// <summary>The latest <c>at</c> applied.</summary>
    internal long Clock { get; set; } = long.MinValue;

    /// <summary>The <c>at</c> of the first event; for a blank customer later than everything, so that nothing is collecting.</summary>
    internal long CreatedAt { get; set; } = Instants.Never;

    internal Traits Traits { get; } = new();

    internal LifecycleStage Stage { get; set; }

    internal long StageSinceMs { get; set; }

    internal long LifecycleDue { get; set; } = Instants.Never;

    internal long ScoreDue { get; set; } = Instants.Never;

    internal long InactivityDue { get; set; } = Instants.Never;

    internal int BehaviourCount { get; set; }

    internal int SegmentCount { get; set; }

    internal int EntryCount { get; set; }

    internal int MessageCount { get; set; }

    internal int CappedDayCount { get; set; }

    internal string[] OptedOutChannels { get; set; } = [];

    internal long Events { get; set; }

    /// <summary>The earliest due of a segment; found again when <see cref="IsSegmentDueStale"/>.</summary>
    internal long SegmentDue { get; set; } = Instants.Never;

    internal bool IsSegmentDueStale { get; set; }

    internal byte[] MergedIntoUtf8 { get; private set; } = [];

    /// <summary>A customer of whom nothing is known, as programs test their segments for it.</summary>
    internal static Customer Blank() => new("", 0) { Stage = LifecycleStage.New };

    /// <summary>Reads the head of everything that applying an event reads, so that memory has it near; the number says nothing.</summary>
    /// <param name="whole">Also what only a snapshot reads.</param>
    public int Touch(bool whole)
    {
        var touched = Behaviours.Length + Segments.Length + Entries.Length + EventNames.Bytes + Dedupe.Bytes + CappedDays.Length;
        if (whole)
        {
            touched += Traits.Json.Length + Messages.Length + Links.Bytes;
            foreach (ref readonly var behaviour in Behaviours.AsSpan(0, BehaviourCount))
            {
                touched += behaviour.Times.Length;
            }
        }

        return touched;
    }

    internal void MergeInto(ReadOnlySpan<byte> other)
    {
        MergedIntoUtf8 = other.ToArray();
        MergedInto = Encoding.UTF8.GetString(other);
    }

    /// <summary>Forgets everything but the place in the log and, if merged, where events go on to.</summary>
    internal void Forget()
    {
        Behaviours = [];
        Segments = [];
        Entries = [];
        Messages = [];
        CappedDays = [];
        BehaviourCount = SegmentCount = EntryCount = MessageCount = CappedDayCount = 0;
        Life = Lifecycle.Empty;
        Points = default;
        Dedupe = DedupeWindow.Empty;
        EventNames = NameTable.Empty;
        Links = NameTable.Empty;
        Traits.Set([], long.MinValue);
        Stage = default;
        StageSinceMs = 0;
        LifecycleDue = ScoreDue = InactivityDue = SegmentDue = Due = Instants.Never;
        IsSegmentDueStale = false;
        OptedOutChannels = [];
        IsSuppressed = false;
        Exists = false;
        Events = 0;
        CreatedAt = Instants.Never;
        MergedInto = null;
        MergedIntoUtf8 = [];
    }

    /// <summary>Index of a behaviour's state, or −1 − where it belongs.</summary>
    internal int FindBehaviour(ulong id)
    {
        int low = 0, high = BehaviourCount - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var other = Behaviours[middle].Id;
            if (other == id)
            {
                return middle;
            }

            (low, high) = other < id ? (middle + 1, high) : (low, middle - 1);
        }

        return -1 - low;
    }

    internal ref BehaviourState Behaviour(ulong id, bool hasValue)
    {
        var index = FindBehaviour(id);
        if (index < 0)
        {
            index = -1 - index;
            var state = BehaviourState.Create(id, hasValue);
            BehaviourCount = Insert(ref Behaviours, BehaviourCount, index, in state);
        }

        return ref Behaviours[index];
    }

    internal int FindSegment(ulong key)
    {
        int low = 0, high = SegmentCount - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var other = Segments[middle].Key;
            if (other == key)
            {
                return middle;
            }

            (low, high) = other < key ? (middle + 1, high) : (low, middle - 1);
        }

        return -1 - low;
    }

    internal Truth TruthOf(ulong segment)
    {
        var index = FindSegment(segment);
        return index < 0 ? Truth.False : Segments[index].Truth;
    }

    /// <summary>Notes where the customer stands in a segment; <paramref name="since"/> is taken only when that changes.</summary>
    internal void SetSegment(ulong key, Truth truth, long since, long due)
    {
        var index = FindSegment(key);
        if (index < 0)
        {
            if (truth == Truth.False && due == Instants.Never)
            {
                return;
            }

            var state = new SegmentState { Key = key, Truth = truth, Since = since, Due = due };
            SegmentCount = Insert(ref Segments, SegmentCount, -1 - index, in state);
        }
        else
        {
            ref var state = ref Segments[index];
            IsSegmentDueStale |= state.Due == SegmentDue && due > state.Due;
            if (truth == Truth.False && due == Instants.Never)
            {
                SegmentCount = Remove(Segments, SegmentCount, index);
                return;
            }

            state.Since = state.Truth == truth ? state.Since : since;
            state.Truth = truth;
            state.Due = due;
        }

        SegmentDue = Math.Min(SegmentDue, due);
    }

    internal int FindEntry(ulong campaign)
    {
        for (var i = 0; i < EntryCount; i++)
        {
            if (Entries[i].Campaign == campaign)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Puts an entry at its place by campaign; returns its index. Replaces the campaign's earlier one.</summary>
    internal int PutEntry(in EntryState entry)
    {
        var index = 0;
        while (index < EntryCount && Entries[index].Campaign < entry.Campaign)
        {
            index++;
        }

        if (index < EntryCount && Entries[index].Campaign == entry.Campaign)
        {
            Entries[index] = entry;
        }
        else
        {
            EntryCount = Insert(ref Entries, EntryCount, index, in entry);
        }

        return index;
    }

    internal void AddMessage(in MessageState message)
    {
        if (MessageCount >= Limits.RecentMessagesMax)
        {
            const MessageFlags done = MessageFlags.Sent | MessageFlags.Skipped | MessageFlags.Failed;
            var oldest = 0;
            while (oldest < MessageCount - 1 && (Messages[oldest].Flags & done) == 0)
            {
                oldest++;
            }

            MessageCount = Remove(Messages, MessageCount, (Messages[oldest].Flags & done) == 0 ? 0 : oldest);
        }

        MessageCount = Insert(ref Messages, MessageCount, MessageCount, in message);
    }

    internal static int Insert<T>(ref T[] items, int count, int index, in T item)
        where T : struct
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, Math.Max(2, count + (count / 2) + 1));
        }

        Array.Copy(items, index, items, index + 1, count - index);
        items[index] = item;
        return count + 1;
    }

    internal static int Remove<T>(T[] items, int count, int index)
        where T : struct
    {
        Array.Copy(items, index + 1, items, index, count - index - 1);
        items[count - 1] = default;
        return count - 1;
    }

    /// <summary>The earliest of all that time alone will do.</summary>
    internal void FindDue()
    {
        if (IsSegmentDueStale)
        {
            IsSegmentDueStale = false;
            SegmentDue = Instants.Never;
            for (var i = 0; i < SegmentCount; i++)
            {
                SegmentDue = Math.Min(SegmentDue, Segments[i].Due);
            }
        }

        var due = Math.Min(Math.Min(LifecycleDue, ScoreDue), Math.Min(InactivityDue, SegmentDue));
        for (var i = 0; i < EntryCount; i++)
        {
            ref readonly var entry = ref Entries[i];
            if (entry.Status == EntryStatus.Active)
            {
                due = Math.Min(due, Math.Min(entry.Until, entry.ExitDue));
            }
        }

        Due = due;
    }
}
