using System.Text;
using Triggers.Engine.Groups;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;

namespace Triggers.Engine.Customers;

/// <summary>One person under one customer key: everything the machine knows of them. Its lists lie in a heap that it shares with others of its partition.</summary>
public sealed partial class Customer
{
    internal HeapList<BehaviourState> BehaviourList;
    internal HeapList<ValueState> ValueList;
    internal HeapList<ScoreState> ScoreList;
    internal HeapList<SegmentState> SegmentList;
    internal HeapList<EntryState> EntryList;
    internal HeapList<MessageState> MessageList;
    internal HeapList<CappedDay> CappedDayList;
    internal Lifecycle Life = Lifecycle.Empty;
    internal Score Points;
    internal DedupeWindow Dedupe;
    internal NameTable EventNames;
    internal NameTable Links;
    internal Traits Traits = Traits.None;
    private HeapList<byte> _key;

    /// <summary>Of a group's key; null: a customer's.</summary>
    internal GroupState? Group;

    /// <param name="heap">Not used by more than one thread at a time; what the customer takes of it goes back by <see cref="Release"/>.</param>
    public Customer(ReadOnlySpan<byte> key, ulong hash, StateHeap heap)
    {
        Heap = heap;
        Hash = hash;
        _key.Set(heap, key);
    }

    /// <summary>A customer with a heap of its own.</summary>
    public Customer(string key, ulong hash)
        : this(Encoding.UTF8.GetBytes(key), hash, new StateHeap())
    {
    }

    /// <summary>What a link is worth: asked for, refused or not answered yet; or this customer holds that key's state; or asked for by a customer not seen yet.</summary>
    /// <remarks>Cut off by hand: the key stands alone, and at the key itself: who held it. From <see cref="LinkRefused"/> on: stopped by a <see cref="MergeRule"/>, which is added.
    /// Disowned: asked for by this customer before it was erased; what still comes of it is dropped.</remarks>
    internal const long LinkAsked = 1, LinkAbsorbed = 2, LinkPending = 3, LinkSplit = 4, LinkDisowned = 5, LinkRefused = 16;

    /// <summary>Where its lists lie.</summary>
    public StateHeap Heap { get; }

    /// <summary>A new text every time: for those few customers of whom something is told.</summary>
    public string Key => Encoding.UTF8.GetString(KeyUtf8);

    public ReadOnlySpan<byte> KeyUtf8 => _key.Items(Heap);

    public ulong Hash { get; }

    /// <summary>Offset of the last record applied, −1 before the first.</summary>
    public long Offset { get; internal set; } = -1;

    /// <summary>The next instant at which time alone changes something, ms since 1970; <see cref="long.MaxValue"/>: none.</summary>
    public long Due { get; internal set; } = Instants.Never;

    /// <summary>Version of the program that the segments were last evaluated under; 0: none yet.</summary>
    public int ProgramVersion { get; internal set; }

    /// <summary>The latest <c>at</c> applied.</summary>
    internal long Clock { get; set; } = long.MinValue;

    /// <summary>The <c>at</c> of the first event; for a blank customer later than everything, so that nothing is collecting.</summary>
    internal long CreatedAt { get; set; } = Instants.Never;

    internal LifecycleStage Stage { get; set; }

    internal long StageSinceMs { get; set; }

    internal long LifecycleDue { get; set; } = Instants.Never;

    internal long ScoreDue { get; set; } = Instants.Never;

    internal long InactivityDue { get; set; } = Instants.Never;

    internal string[] OptedOutChannels { get; set; } = [];

    internal long Events { get; set; }

    /// <summary>The earliest due of a segment; found again when <see cref="IsSegmentDueStale"/>.</summary>
    internal long SegmentDue { get; set; } = Instants.Never;

    internal bool IsSegmentDueStale { get; set; }

    /// <summary>Some of what time alone will do was put off by later events, and its due instants were left as they are. Not stored: whoever is read from the store may be so.</summary>
    internal bool AreDuesEarly { get; set; }

    internal byte[] MergedIntoUtf8 { get; private set; } = [];

    /// <summary>A customer of whom nothing is known, as programs test their segments for it.</summary>
    internal static Customer Blank(Programs.Program program) => new("", 0) { Stage = program.Stages.First };

    internal Span<BehaviourState> Behaviours => BehaviourList.Items(Heap);

    /// <summary>Ascending by id.</summary>
    internal Span<ValueState> Values => ValueList.Items(Heap);

    /// <summary>Scores that decay, engagement aside; ascending by key.</summary>
    internal Span<ScoreState> Scores => ScoreList.Items(Heap);

    internal Span<SegmentState> Segments => SegmentList.Items(Heap);

    internal Span<EntryState> Entries => EntryList.Items(Heap);

    internal Span<MessageState> Messages => MessageList.Items(Heap);

    internal Span<CappedDay> CappedDays => CappedDayList.Items(Heap);

    /// <summary>Asks for the memory that applying an event reads.</summary>
    /// <param name="whole">Also what only a snapshot reads.</param>
    public void Prefetch(bool whole)
    {
        Customers.Prefetch.Lines(_key.Words(Heap));
        Customers.Prefetch.Lines(BehaviourList.Words(Heap));
        Customers.Prefetch.Lines(EntryList.Words(Heap));
        EventNames.Prefetch(Heap);
        Dedupe.Prefetch(Heap);
        Customers.Prefetch.Lines(CappedDayList.Words(Heap));
        if (whole)
        {
            Customers.Prefetch.Lines(SegmentList.Words(Heap));
            Customers.Prefetch.Lines(Traits.JsonWords(Heap));
            Customers.Prefetch.Lines(MessageList.Words(Heap));
            Links.Prefetch(Heap);
            foreach (ref readonly var behaviour in Behaviours)
            {
                Customers.Prefetch.Lines(behaviour.Times(Heap));
            }
        }
    }

    /// <summary>Gives back what the customer holds of the heap. Nothing may be asked of it after that.</summary>
    public void Release()
    {
        Forget();
        _key.Free(Heap);
    }

    internal void MergeInto(ReadOnlySpan<byte> other)
    {
        MergedIntoUtf8 = other.ToArray();
        MergedInto = Encoding.UTF8.GetString(other);
    }

    /// <summary>Forgets everything but the place in the log and, if merged, where events go on to.</summary>
    internal void Forget()
    {
        foreach (ref var behaviour in Behaviours)
        {
            behaviour.Free(Heap);
        }

        foreach (ref var value in Values)
        {
            value.Text.Free(Heap);
        }

        foreach (ref var entry in Entries)
        {
            entry.FreeEvent(Heap);
        }

        foreach (ref var message in Messages)
        {
            message.Channel.Free(Heap);
        }

        Group?.Members.Free(Heap);
        Group = null;
        BehaviourList.Free(Heap);
        ValueList.Free(Heap);
        ScoreList.Free(Heap);
        SegmentList.Free(Heap);
        _dues.ForgetFrom(Heap, 0);
        EntryList.Free(Heap);
        MessageList.Free(Heap);
        CappedDayList.Free(Heap);
        Life = Lifecycle.Empty;
        Points = default;
        Dedupe.Free(Heap);
        EventNames.Free(Heap);
        Links.Free(Heap);
        Traits.Free(Heap);
        Stage = default;
        StageSinceMs = 0;
        LifecycleDue = ScoreDue = InactivityDue = SegmentDue = Due = Instants.Never;
        IsSegmentDueStale = AreDuesEarly = false;
        OptedOutChannels = [];
        IsSuppressed = false;
        Exists = false;
        Events = 0;
        CreatedAt = Instants.Never;
        MergedInto = null;
        MergedIntoUtf8 = [];
    }

    /// <summary>Index of a behaviour's state, or −1 − where it belongs.</summary>
    internal static int FindBehaviour(ReadOnlySpan<BehaviourState> behaviours, ulong id) => HashOrder.Find(behaviours, id);

    /// <summary>Index of a value, or −1 − where it belongs.</summary>
    internal static int FindValue(ReadOnlySpan<ValueState> values, ulong id) => HashOrder.Find(values, id);

    /// <summary>Index of a score, or −1 − where it belongs.</summary>
    internal static int FindScore(ReadOnlySpan<ScoreState> scores, ulong key) => HashOrder.Find(scores, key);

    /// <summary>Index of a segment, or −1 − where it belongs.</summary>
    internal static int FindSegment(ReadOnlySpan<SegmentState> segments, ulong key) => HashOrder.Find(segments, key);

    /// <param name="place">Where it may be; afterwards, where it is.</param>
    internal static int FindBehaviour(ReadOnlySpan<BehaviourState> behaviours, ulong id, ref int place)
    {
        if ((uint)place < (uint)behaviours.Length && behaviours[place].Id == id)
        {
            return place;
        }

        return place = FindBehaviour(behaviours, id);
    }

    internal ref BehaviourState Behaviour(ulong id, bool hasValues)
    {
        var place = -1;
        return ref Behaviour(id, hasValues, ref place);
    }

    /// <param name="place">As <see cref="FindBehaviour(ReadOnlySpan{BehaviourState}, ulong, ref int)"/> has it.</param>
    internal ref BehaviourState Behaviour(ulong id, bool hasValues, scoped ref int place)
    {
        var index = FindBehaviour(Behaviours, id, ref place);
        if (index < 0)
        {
            index = place = -1 - index;
            BehaviourList.Insert(Heap, index, BehaviourState.Create(id, hasValues));
        }

        return ref Behaviours[index];
    }

    internal ref ValueState Value(ulong id)
    {
        var index = FindValue(Values, id);
        if (index < 0)
        {
            index = -1 - index;
            ValueList.Insert(Heap, index, new ValueState { Id = id });
        }

        return ref Values[index];
    }

    internal ref ScoreState Score(ulong key, long halfLifeMs)
    {
        var index = FindScore(Scores, key);
        if (index < 0)
        {
            index = -1 - index;
            ScoreList.Insert(Heap, index, new ScoreState { Key = key, Points = new Score(0, 0, halfLifeMs) });
        }

        return ref Scores[index];
    }

    internal void DropScore(ulong key)
    {
        if (FindScore(Scores, key) is >= 0 and var index)
        {
            ScoreList.RemoveAt(Heap, index);
        }
    }

    internal int FindEntry(ulong campaign)
    {
        var entries = Entries;
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Campaign == campaign)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Puts an entry at its place by campaign; returns its index. Replaces the campaign's earlier one.</summary>
    internal int PutEntry(in EntryState entry)
    {
        var entries = Entries;
        var index = 0;
        while (index < entries.Length && entries[index].Campaign < entry.Campaign)
        {
            index++;
        }

        if (index < entries.Length && entries[index].Campaign == entry.Campaign)
        {
            entries[index].FreeEvent(Heap);
            entries[index] = entry;
        }
        else
        {
            EntryList.Insert(Heap, index, in entry);
        }

        return index;
    }

    internal void AddMessage(in MessageState message)
    {
        var messages = Messages;
        if (messages.Length >= Limits.RecentMessagesMax)
        {
            const MessageFlags done = MessageFlags.Sent | MessageFlags.Skipped | MessageFlags.Failed;
            var oldest = 0;
            while (oldest < messages.Length - 1 && (messages[oldest].Flags & done) == 0)
            {
                oldest++;
            }

            oldest = (messages[oldest].Flags & done) == 0 ? 0 : oldest;
            messages[oldest].Channel.Free(Heap);
            MessageList.RemoveAt(Heap, oldest);
        }

        MessageList.Add(Heap, in message);
    }

    /// <summary>The earliest of all that time alone will do.</summary>
    internal void FindDue()
    {
        if (Group is not null)
        {
            Due = Group.Due;
            return;
        }

        if (IsSegmentDueStale)
        {
            IsSegmentDueStale = false;
            SegmentDue = _dues.Earliest(Heap, Segments);
        }

        var due = Math.Min(Math.Min(LifecycleDue, ScoreDue), Math.Min(InactivityDue, SegmentDue));
        foreach (ref readonly var entry in Entries)
        {
            if (entry.Status == EntryStatus.Active)
            {
                due = Math.Min(due, Math.Min(entry.Until, entry.ExitDue));
            }
        }

        Due = due;
    }
}
