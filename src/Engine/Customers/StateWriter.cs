using Triggers.Engine.Records;
using Triggers.Engine.Scoring;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>Writes the parts of a customer's state. Instants are differences to the customer's clock, so that they take few bytes.</summary>
internal readonly ref struct StateWriter(ByteWriter writer, long clock)
{
    /// <summary>In place of a stage that every shop may have.</summary>
    public const byte StageByHash = 255;

    private readonly long _second = Instants.Floor(clock);

    public void Consent(Customer customer)
    {
        writer.Varint((ulong)customer.OptedOutChannels.Length);
        foreach (var channel in customer.OptedOutChannels)
        {
            writer.Text(channel);
        }

        Names(in customer.Links, customer.Heap);
    }

    public void Dedupe(Customer customer)
    {
        var ids = customer.Dedupe.Ids(customer.Heap);
        var ats = customer.Dedupe.Ats(customer.Heap);
        var from = 0;
        while (from < ats.Length && ats[from] <= clock - Limits.DedupeMs)
        {
            from++;
        }

        writer.Varint((ulong)(ats.Length - from));
        var before = clock;
        for (var i = ats.Length - 1; i >= from; i--)
        {
            writer.UInt64(ids[i]);
            writer.ZigZag(before - ats[i]);
            before = ats[i];
        }
    }

    public void Messages(Customer customer)
    {
        writer.Varint((ulong)customer.MessageList.Count);
        foreach (ref readonly var message in customer.Messages)
        {
            writer.UInt64(message.IdHigh);
            writer.UInt64(message.IdLow);
            writer.UInt64(message.Campaign);
            writer.UInt64(message.Step);
            Instant(message.DecidedAt);
            writer.Varint((ulong)message.Flags);
            writer.Text(message.Channel.Items(customer.Heap));
        }
    }

    public void Person(Customer customer)
    {
        writer.Varint((ulong)customer.ProgramVersion);
        Instant(customer.CreatedAt);
        writer.Varint((ulong)customer.Events);
        writer.Text(customer.TraitsUtf8);
        writer.ZigZag(customer.Traits.At == long.MinValue ? 0 : customer.Traits.At);
        Instant(customer.Life.LastSeen);
        writer.Varint((ulong)(customer.Life.LastSeen - customer.Life.FirstSeen));
        var hasGap = customer.Life.GapEnd != Lifecycle.Unset;
        writer.Varint(hasGap ? (ulong)(customer.Life.LastSeen - customer.Life.GapEnd) + 1 : 0);
        if (hasGap)
        {
            writer.Varint((ulong)(customer.Life.GapEnd - customer.Life.GapStart));
        }

        if (customer.Stage <= LifecycleStage.WonBack)
        {
            writer.Byte((byte)customer.Stage);
        }
        else
        {
            writer.Byte(StageByHash);
            writer.UInt64((ulong)customer.Stage);
        }

        Instant(customer.StageSinceMs);
        Due(customer.LifecycleDue);
        Due(customer.ScoreDue);
        Due(customer.InactivityDue);
        writer.Double(customer.Points.Value);
        Instant(customer.Points.Value == 0 ? clock : customer.Points.At);
        writer.Varint((ulong)customer.Points.HalfLifeMs);
        writer.Varint((ulong)customer.CappedDayList.Count);
        foreach (ref readonly var day in customer.CappedDays)
        {
            writer.UInt64(day.Rule);
            writer.ZigZag(day.Day);
            writer.Varint((ulong)day.Count);
        }

        Names(in customer.EventNames, customer.Heap);
    }

    public void Behaviours(Customer customer)
    {
        writer.Varint((ulong)customer.BehaviourList.Count);
        foreach (ref readonly var state in customer.Behaviours)
        {
            writer.UInt64(state.Id);
            writer.Varint((ulong)state.Total);
            writer.Byte((byte)((state.HasValues ? 1 : 0) | (state.HasCounts ? 2 : 0)));
            writer.Varint((ulong)state.Length);
            var used = state.Start..state.End;
            var times = state.Times(customer.Heap)[used];
            var before = clock;
            for (var at = times.Length - 1; at >= 0; at--)
            {
                writer.ZigZag(before - times[at]);
                before = times[at];
            }

            if (state.HasCounts)
            {
                var counts = state.Counts(customer.Heap)[used];
                for (var at = counts.Length - 1; at >= 0; at--)
                {
                    writer.Varint((ulong)counts[at]);
                }
            }

            if (state.HasValues)
            {
                writer.ZigZag(state.Sum);
                var sums = state.Sums(customer.Heap)[used];
                for (var at = sums.Length - 1; at >= 0; at--)
                {
                    writer.ZigZag(sums[at]);
                }
            }
        }
    }

    public void Segments(Customer customer)
    {
        writer.Varint((ulong)customer.SegmentList.Count);
        foreach (ref readonly var state in customer.Segments)
        {
            writer.UInt64(state.Key);
            writer.Byte((byte)state.Truth);
            Instant(state.Since);
            Due(state.Due);
        }
    }

    public void Entries(Customer customer)
    {
        writer.Varint((ulong)customer.EntryList.Count);
        foreach (ref readonly var entry in customer.Entries)
        {
            writer.UInt64(entry.Campaign);
            writer.Varint((ulong)entry.Version);
            writer.Varint((ulong)entry.Number);
            writer.Byte((byte)((int)entry.Status | (entry.IsConverted ? 128 : 0)));
            Instant(entry.EnteredAt);
            Instant(entry.Since);
            if (entry.Status != EntryStatus.Active)
            {
                Instant(entry.EndedAt);
                continue;
            }

            writer.UInt64(entry.Step);
            writer.UInt64(entry.Seed);
            Due(entry.Until);
            Due(entry.ExitDue);
            writer.Text(entry.EventName.Items(customer.Heap));
            writer.Text(entry.EventBody.Items(customer.Heap));
        }
    }

    public void Values(Customer customer)
    {
        writer.Varint((ulong)customer.ValueList.Count);
        foreach (ref readonly var value in customer.Values)
        {
            writer.UInt64(value.Id);
            Instant(value.Instant);
            writer.Byte((byte)value.Type);
            if (value.Type == ValueType.Text)
            {
                writer.Text(value.Text.Items(customer.Heap));
            }
            else
            {
                writer.Double(value.Number);
            }
        }
    }

    public void Scores(Customer customer)
    {
        writer.Varint((ulong)customer.ScoreList.Count);
        foreach (ref readonly var score in customer.Scores)
        {
            writer.UInt64(score.Key);
            writer.Double(score.Points.Value);
            Instant(score.Points.At);
            writer.Varint((ulong)score.Points.HalfLifeMs);
        }
    }

    private void Names(in NameTable names, StateHeap heap)
    {
        writer.Varint((ulong)names.Count);
        foreach (ref readonly var item in names.Items(heap))
        {
            writer.Text(names.Name(heap, in item));
            writer.Varint((ulong)item.Value);
        }
    }

    private void Instant(long instant) => writer.ZigZag(clock - instant);

    /// <summary>Whole seconds after the clock's; 0: never.</summary>
    private void Due(long due) => writer.Varint(due == Instants.Never ? 0 : (ulong)((due - _second) / 1000));
}
