using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;
using Triggers.Engine.Text;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>The counterpart of <see cref="StateWriter"/>.</summary>
internal ref struct StateReader(SpanReader reader, long clock)
{
    private SpanReader _reader = reader;
    private readonly long _second = Instants.Floor(clock);

    public void Consent(Customer customer)
    {
        var channels = Count();
        if (channels > 0)
        {
            customer.OptedOutChannels = new string[channels];
            for (var i = 0; i < channels; i++)
            {
                customer.OptedOutChannels[i] = System.Text.Encoding.UTF8.GetString(_reader.Text());
            }
        }

        Names(ref customer.Links, customer.Heap);
    }

    public void Dedupe(Customer customer)
    {
        var count = Count();
        if (count == 0)
        {
            return;
        }

        customer.Dedupe.Reset(customer.Heap, count);
        var ids = customer.Dedupe.Ids(customer.Heap);
        var ats = customer.Dedupe.Ats(customer.Heap);
        var before = clock;
        for (var i = count - 1; i >= 0; i--)
        {
            ids[i] = _reader.UInt64();
            ats[i] = before -= _reader.ZigZag();
        }
    }

    public void Messages(Customer customer)
    {
        foreach (ref var message in customer.MessageList.Reset(customer.Heap, Count()))
        {
            message = new MessageState
            {
                IdHigh = _reader.UInt64(),
                IdLow = _reader.UInt64(),
                Campaign = _reader.UInt64(),
                Step = _reader.UInt64(),
                DecidedAt = Instant(),
                Flags = (MessageFlags)_reader.Varint(),
                Channel = Bytes(customer.Heap),
            };
        }
    }

    public void Person(Customer customer, bool hasStagesByHash)
    {
        customer.ProgramVersion = (int)_reader.Varint();
        customer.CreatedAt = Instant();
        customer.Events = (long)_reader.Varint();
        var traits = _reader.Text();
        var traitsAt = _reader.ZigZag();
        customer.Traits.Set(customer.Heap, traits, traits.Length == 0 && traitsAt == 0 ? long.MinValue : traitsAt);
        customer.Life.LastSeen = Instant();
        customer.Life.FirstSeen = customer.Life.LastSeen - (long)_reader.Varint();
        var gap = (long)_reader.Varint();
        if (gap > 0)
        {
            customer.Life.GapEnd = customer.Life.LastSeen - (gap - 1);
            customer.Life.GapStart = customer.Life.GapEnd - (long)_reader.Varint();
        }

        var stage = _reader.Byte();
        customer.Stage = stage == StateWriter.StageByHash && hasStagesByHash ? (LifecycleStage)_reader.UInt64() : (LifecycleStage)stage;
        customer.StageSinceMs = Instant();
        customer.LifecycleDue = Due();
        customer.ScoreDue = Due();
        customer.InactivityDue = Due();
        var points = _reader.Double();
        var pointsAt = Instant();
        customer.Points = new Score(points, pointsAt, (long)_reader.Varint());
        foreach (ref var day in customer.CappedDayList.Reset(customer.Heap, Count()))
        {
            day = new CappedDay { Rule = _reader.UInt64(), Day = (int)_reader.ZigZag(), Count = (int)_reader.Varint() };
        }

        Names(ref customer.EventNames, customer.Heap);
    }

    public void Behaviours(Customer customer)
    {
        foreach (ref var state in customer.BehaviourList.Reset(customer.Heap, Count()))
        {
            var id = _reader.UInt64();
            var total = (long)_reader.Varint();
            var parts = _reader.Byte();
            state = BehaviourState.Create(id, hasValues: (parts & 1) != 0);
            state.Total = total;
            state.Reset(customer.Heap, Count(), hasCounts: (parts & 2) != 0);
            var times = state.Times(customer.Heap)[..state.End];
            var before = clock;
            for (var at = times.Length - 1; at >= 0; at--)
            {
                times[at] = before -= _reader.ZigZag();
            }

            if (state.HasCounts)
            {
                var counts = state.Counts(customer.Heap)[..state.End];
                for (var at = counts.Length - 1; at >= 0; at--)
                {
                    counts[at] = (long)_reader.Varint();
                }
            }

            if (state.HasValues)
            {
                state.Sum = _reader.ZigZag();
                var sums = state.Sums(customer.Heap)[..state.End];
                for (var at = sums.Length - 1; at >= 0; at--)
                {
                    sums[at] = _reader.ZigZag();
                }
            }
        }
    }

    public void Segments(Customer customer)
    {
        foreach (ref var state in customer.SegmentList.Reset(customer.Heap, Count()))
        {
            state = new SegmentState { Key = _reader.UInt64(), Truth = (Truth)_reader.Byte(), Since = Instant(), Due = Due() };
        }
    }

    public void Entries(Customer customer)
    {
        foreach (ref var entry in customer.EntryList.Reset(customer.Heap, Count()))
        {
            entry = default;
            entry.Campaign = _reader.UInt64();
            entry.Version = (int)_reader.Varint();
            entry.Number = (int)_reader.Varint();
            var status = _reader.Byte();
            entry.Status = (EntryStatus)(status & 127);
            entry.IsConverted = (status & 128) != 0;
            entry.EnteredAt = Instant();
            entry.Since = Instant();
            entry.Until = entry.ExitDue = Instants.Never;
            if (entry.Status != EntryStatus.Active)
            {
                entry.EndedAt = Instant();
                continue;
            }

            entry.Step = _reader.UInt64();
            entry.Seed = _reader.UInt64();
            entry.Until = Due();
            entry.ExitDue = Due();
            entry.EventName = Bytes(customer.Heap);
            entry.EventBody = Bytes(customer.Heap);
        }
    }

    public void Values(Customer customer)
    {
        foreach (ref var value in customer.ValueList.Reset(customer.Heap, Count()))
        {
            value = new ValueState { Id = _reader.UInt64(), Instant = Instant(), Type = (ValueType)_reader.Byte() };
            if (value.Type == ValueType.Text)
            {
                value.Text = Bytes(customer.Heap);
            }
            else
            {
                value.Number = _reader.Double();
            }
        }
    }

    public void Scores(Customer customer)
    {
        foreach (ref var score in customer.ScoreList.Reset(customer.Heap, Count()))
        {
            score = new ScoreState { Key = _reader.UInt64(), Points = new Score(_reader.Double(), Instant(), (long)_reader.Varint()) };
        }
    }

    /// <summary>A number of items that the bytes left can hold: damaged bytes never make us allocate gigabytes.</summary>
    private int Count()
    {
        var count = _reader.Varint();
        if (count > 1_000_000)
        {
            throw new InvalidDataException($"A state has {count} items in one list: the data is damaged.");
        }

        return (int)count;
    }

    private void Names(ref NameTable names, StateHeap heap)
    {
        var count = Count();
        for (var i = 0; i < count; i++)
        {
            var name = _reader.Text();
            names.Add(heap, Hash64.Of(name), name, (long)_reader.Varint());
        }
    }

    private HeapList<byte> Bytes(StateHeap heap)
    {
        var bytes = default(HeapList<byte>);
        bytes.Set(heap, _reader.Text());
        return bytes;
    }

    private long Instant() => clock - _reader.ZigZag();

    private long Due()
    {
        var seconds = (long)_reader.Varint();
        return seconds == 0 ? Instants.Never : _second + (seconds * 1000);
    }
}
