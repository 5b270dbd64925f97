using Triggers.Engine.Records;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Customers;

/// <summary>Writes the parts of a customer's state. Instants are differences to the customer's clock, so that they take few bytes.</summary>
internal readonly ref struct StateWriter(ByteWriter writer, long clock)
{
    private readonly long _second = Instants.Floor(clock);

    public void Consent(Customer customer)
    {
        writer.Varint((ulong)customer.OptedOutChannels.Length);
        foreach (var channel in customer.OptedOutChannels)
        {
            writer.Text(channel);
        }

        Names(in customer.Links);
    }

    public void Dedupe(Customer customer)
    {
        var ats = customer.Dedupe.Ats;
        var from = 0;
        while (from < ats.Length && ats[from] <= clock - Limits.DedupeMs)
        {
            from++;
        }

        writer.Varint((ulong)(ats.Length - from));
        var before = clock;
        for (var i = ats.Length - 1; i >= from; i--)
        {
            writer.UInt64(customer.Dedupe.Ids[i]);
            writer.ZigZag(before - ats[i]);
            before = ats[i];
        }
    }

    public void Messages(Customer customer)
    {
        writer.Varint((ulong)customer.MessageCount);
        for (var i = 0; i < customer.MessageCount; i++)
        {
            ref readonly var message = ref customer.Messages[i];
            writer.UInt64(message.IdHigh);
            writer.UInt64(message.IdLow);
            writer.UInt64(message.Campaign);
            writer.UInt64(message.Step);
            Instant(message.DecidedAt);
            writer.Varint((ulong)message.Flags);
            writer.Text(message.Channel);
        }
    }

    public void Person(Customer customer)
    {
        writer.Varint((ulong)customer.ProgramVersion);
        Instant(customer.CreatedAt);
        writer.Varint((ulong)customer.Events);
        writer.Text(customer.Traits.Json);
        writer.ZigZag(customer.Traits.At == long.MinValue ? 0 : customer.Traits.At);
        Instant(customer.Life.LastSeen);
        writer.Varint((ulong)(customer.Life.LastSeen - customer.Life.FirstSeen));
        var hasGap = customer.Life.GapEnd != Lifecycle.Unset;
        writer.Varint(hasGap ? (ulong)(customer.Life.LastSeen - customer.Life.GapEnd) + 1 : 0);
        if (hasGap)
        {
            writer.Varint((ulong)(customer.Life.GapEnd - customer.Life.GapStart));
        }

        writer.Byte((byte)customer.Stage);
        Instant(customer.StageSinceMs);
        Due(customer.LifecycleDue);
        Due(customer.ScoreDue);
        Due(customer.InactivityDue);
        writer.Double(customer.Points.Value);
        Instant(customer.Points.Value == 0 ? clock : customer.Points.At);
        writer.Varint((ulong)customer.Points.HalfLifeMs);
        writer.Varint((ulong)customer.CappedDayCount);
        for (var i = 0; i < customer.CappedDayCount; i++)
        {
            writer.UInt64(customer.CappedDays[i].Rule);
            writer.ZigZag(customer.CappedDays[i].Day);
            writer.Varint((ulong)customer.CappedDays[i].Count);
        }

        Names(in customer.EventNames);
    }

    public void Behaviours(Customer customer)
    {
        writer.Varint((ulong)customer.BehaviourCount);
        for (var i = 0; i < customer.BehaviourCount; i++)
        {
            ref readonly var state = ref customer.Behaviours[i];
            writer.UInt64(state.Id);
            writer.Varint((ulong)state.Total);
            writer.Byte((byte)((state.Sums is null ? 0 : 1) | (state.Counts is null ? 0 : 2)));
            writer.Varint((ulong)state.Length);
            var before = clock;
            for (var at = state.End - 1; at >= state.Start; at--)
            {
                writer.ZigZag(before - state.Times[at]);
                before = state.Times[at];
            }

            for (var at = state.End - 1; at >= state.Start && state.Counts is not null; at--)
            {
                writer.Varint((ulong)state.Counts[at]);
            }

            if (state.Sums is not null)
            {
                writer.ZigZag(state.Sum);
                for (var at = state.End - 1; at >= state.Start; at--)
                {
                    writer.ZigZag(state.Sums[at]);
                }
            }
        }
    }

    public void Segments(Customer customer)
    {
        writer.Varint((ulong)customer.SegmentCount);
        for (var i = 0; i < customer.SegmentCount; i++)
        {
            ref readonly var state = ref customer.Segments[i];
            writer.UInt64(state.Key);
            writer.Byte((byte)state.Truth);
            Instant(state.Since);
            Due(state.Due);
        }
    }

    public void Entries(Customer customer)
    {
        writer.Varint((ulong)customer.EntryCount);
        for (var i = 0; i < customer.EntryCount; i++)
        {
            ref readonly var entry = ref customer.Entries[i];
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
            writer.Text(entry.EventName);
            writer.Text(entry.EventBody);
        }
    }

    private void Names(in NameTable names)
    {
        writer.Varint((ulong)names.Count);
        foreach (ref readonly var item in names.Items)
        {
            writer.Text(names.Name(in item));
            writer.Varint((ulong)item.Value);
        }
    }

    private void Instant(long instant) => writer.ZigZag(clock - instant);

    /// <summary>Whole seconds after the clock's; 0: never.</summary>
    private void Due(long due) => writer.Varint(due == Instants.Never ? 0 : (ulong)((due - _second) / 1000));
}
