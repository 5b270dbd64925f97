using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;
using Triggers.Engine.Text;

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
                customer.OptedOutChannels[i] = Channel();
            }
        }

        customer.Links = Names();
    }

    public void Dedupe(Customer customer)
    {
        var count = Count();
        if (count == 0)
        {
            return;
        }

        var ids = new ulong[count];
        var ats = new long[count];
        var before = clock;
        for (var i = count - 1; i >= 0; i--)
        {
            ids[i] = _reader.UInt64();
            ats[i] = before -= _reader.ZigZag();
        }

        customer.Dedupe = DedupeWindow.Of(ids, ats);
    }

    public void Messages(Customer customer)
    {
        var count = Count();
        customer.MessageCount = count;
        customer.Messages = count == 0 ? [] : new MessageState[count];
        for (var i = 0; i < count; i++)
        {
            customer.Messages[i] = new MessageState
            {
                IdHigh = _reader.UInt64(),
                IdLow = _reader.UInt64(),
                Campaign = _reader.UInt64(),
                Step = _reader.UInt64(),
                DecidedAt = Instant(),
                Flags = (MessageFlags)_reader.Varint(),
                Channel = Channel(),
            };
        }
    }

    public void Person(Customer customer)
    {
        customer.ProgramVersion = (int)_reader.Varint();
        customer.CreatedAt = Instant();
        customer.Events = (long)_reader.Varint();
        var traits = _reader.Text();
        var traitsAt = _reader.ZigZag();
        customer.Traits.Set(traits.Length == 0 ? [] : traits.ToArray(), traits.Length == 0 && traitsAt == 0 ? long.MinValue : traitsAt);
        customer.Life.LastSeen = Instant();
        customer.Life.FirstSeen = customer.Life.LastSeen - (long)_reader.Varint();
        var gap = (long)_reader.Varint();
        if (gap > 0)
        {
            customer.Life.GapEnd = customer.Life.LastSeen - (gap - 1);
            customer.Life.GapStart = customer.Life.GapEnd - (long)_reader.Varint();
        }

        customer.Stage = (LifecycleStage)_reader.Byte();
        customer.StageSinceMs = Instant();
        customer.LifecycleDue = Due();
        customer.ScoreDue = Due();
        customer.InactivityDue = Due();
        var points = _reader.Double();
        var pointsAt = Instant();
        customer.Points = new Score(points, pointsAt, (long)_reader.Varint());
        var days = Count();
        customer.CappedDayCount = days;
        customer.CappedDays = days == 0 ? [] : new CappedDay[days];
        for (var i = 0; i < days; i++)
        {
            customer.CappedDays[i] = new CappedDay { Rule = _reader.UInt64(), Day = (int)_reader.ZigZag(), Count = (int)_reader.Varint() };
        }

        customer.EventNames = Names();
    }

    public void Behaviours(Customer customer)
    {
        var count = Count();
        customer.BehaviourCount = count;
        customer.Behaviours = count == 0 ? [] : new BehaviourState[count];
        for (var i = 0; i < count; i++)
        {
            ref var state = ref customer.Behaviours[i];
            state.Id = _reader.UInt64();
            state.Total = (long)_reader.Varint();
            var parts = _reader.Byte();
            var length = Count();
            state.Times = length == 0 ? [] : new long[length];
            state.End = length;
            var before = clock;
            for (var at = length - 1; at >= 0; at--)
            {
                state.Times[at] = before -= _reader.ZigZag();
            }

            if ((parts & 2) != 0)
            {
                state.Counts = new int[length];
                for (var at = length - 1; at >= 0; at--)
                {
                    state.Counts[at] = (int)_reader.Varint();
                }
            }

            if ((parts & 1) != 0)
            {
                state.Sum = _reader.ZigZag();
                state.Sums = new long[length];
                for (var at = length - 1; at >= 0; at--)
                {
                    state.Sums[at] = _reader.ZigZag();
                }
            }
        }
    }

    public void Segments(Customer customer)
    {
        var count = Count();
        customer.SegmentCount = count;
        customer.Segments = count == 0 ? [] : new SegmentState[count];
        for (var i = 0; i < count; i++)
        {
            customer.Segments[i] = new SegmentState { Key = _reader.UInt64(), Truth = (Truth)_reader.Byte(), Since = Instant(), Due = Due() };
        }
    }

    public void Entries(Customer customer)
    {
        var count = Count();
        customer.EntryCount = count;
        customer.Entries = count == 0 ? [] : new EntryState[count];
        for (var i = 0; i < count; i++)
        {
            ref var entry = ref customer.Entries[i];
            entry.Campaign = _reader.UInt64();
            entry.Version = (int)_reader.Varint();
            entry.Number = (int)_reader.Varint();
            var status = _reader.Byte();
            entry.Status = (EntryStatus)(status & 127);
            entry.IsConverted = (status & 128) != 0;
            entry.EnteredAt = Instant();
            entry.Since = Instant();
            entry.Until = entry.ExitDue = Instants.Never;
            entry.EventName = entry.EventBody = [];
            if (entry.Status != EntryStatus.Active)
            {
                entry.EndedAt = Instant();
                continue;
            }

            entry.Step = _reader.UInt64();
            entry.Seed = _reader.UInt64();
            entry.Until = Due();
            entry.ExitDue = Due();
            entry.EventName = _reader.Text().ToArray();
            entry.EventBody = _reader.Text().ToArray();
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

    private NameTable Names()
    {
        var names = NameTable.Empty;
        var count = Count();
        for (var i = 0; i < count; i++)
        {
            var name = _reader.Text();
            names.Add(Hash64.Of(name), name, (long)_reader.Varint());
        }

        return names;
    }

    private string Channel()
    {
        var text = _reader.Text();
        return text.SequenceEqual("email"u8) ? "email" : text.SequenceEqual("webhook"u8) ? "webhook" : System.Text.Encoding.UTF8.GetString(text);
    }

    private long Instant() => clock - _reader.ZigZag();

    private long Due()
    {
        var seconds = (long)_reader.Varint();
        return seconds == 0 ? Instants.Never : _second + (seconds * 1000);
    }
}
