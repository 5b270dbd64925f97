using NodaTime;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Segments.Keepings;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>Where events come from, and on which day they happened there.</summary>
internal ref partial struct Turn
{
    /// <summary>Takes in the time zone that the event names, if anything asks for it; of all events the newest decides.</summary>
    private void SeeZone()
    {
        if (_program.SeenZone is not { } behaviour || !ContextZone.TryRead(_record.Context, out var id))
        {
            return;
        }

        _zone = Zones.Find(id);
        if (_zone is null)
        {
            return;
        }

        ref var kept = ref _customer.Value(behaviour.Id);
        if (kept.IsSet && kept.Text.Items(_customer.Heap).SequenceEqual(id))
        {
            kept.Instant = Math.Max(kept.Instant, _occurredAt);
            return;
        }

        EdgeValueKeeping.Newest.Add(_customer, behaviour, _occurredAt, new Scalar { Type = ValueType.Text, Text = id }, _evaluation.Now);
        if (_customer.Value(behaviour.Id).Text.Items(_customer.Heap).SequenceEqual(id))
        {
            _work.Queue(behaviour.Segments);
        }
    }

    /// <summary>The day on which the event happened: where it came from, or else where the customer is.</summary>
    private long Day()
    {
        var zone = _zone ?? _program.DayZone!.Read(ref _evaluation);
        return DaysKeeping.DayOf(_occurredAt + (ReferenceEquals(zone, DateTimeZone.Utc) ? 0 : zone.GetUtcOffset(Instant.FromUnixTimeMilliseconds(_occurredAt)).Milliseconds));
    }
}
