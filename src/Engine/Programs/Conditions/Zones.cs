using System.Text;
using NodaTime;
using Triggers.Engine.Customers;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>Time zones by their names in the zone database of the pinned package: the same on every machine.</summary>
internal static class Zones
{
    private static readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> s_ids =
        DateTimeZoneProviders.Tzdb.Ids.ToDictionary(id => id, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    public static IReadOnlyCollection<string> Ids => s_ids.Dictionary.Keys;

    public static DateTimeZone? Find(ReadOnlySpan<char> id) =>
        !s_ids.TryGetValue(id, out var known) ? null : known == "UTC" ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb[known];

    public static DateTimeZone? Find(ReadOnlySpan<byte> id)
    {
        Span<char> chars = stackalloc char[64];
        return id.Length <= chars.Length ? Find(chars[..Encoding.UTF8.GetChars(id, chars)]) : null;
    }
}

/// <summary>Where a time zone was found.</summary>
internal enum ZoneSource : byte
{
    /// <summary>Dates of events are meant in UTC.</summary>
    Event = 0,
    Trait = 1,
    Context = 2,
    Default = 3,
}

/// <summary>Whose time zone a date without one is meant in.</summary>
/// <param name="trait">The customer's <c>timezone</c>; null: dates of events, which are meant in UTC.</param>
/// <param name="seen">Under whose id the time zone of the newest event that named one is kept.</param>
internal sealed class ZoneOf(Operand? trait, CompiledBehaviour? seen)
{
    public static readonly ZoneOf Events = new(null, null);

    public DateTimeZone Read(scoped ref Evaluation evaluation) => Read(ref evaluation, out _);

    public DateTimeZone Read(scoped ref Evaluation evaluation, out ZoneSource source)
    {
        source = ZoneSource.Event;
        if (trait is null)
        {
            return DateTimeZone.Utc;
        }

        source = ZoneSource.Trait;
        var id = trait.Read(ref evaluation);
        return (id.Type == ValueType.Text ? Zones.Find(id.Text) : null) ?? Seen(evaluation.Customer, evaluation.Program, out source);
    }

    private DateTimeZone Seen(Customer customer, Program program, out ZoneSource source)
    {
        var index = Customer.FindValue(customer.Values, seen!.Id);
        var zone = index < 0 ? null : Zones.Find(customer.Values[index].Text.Items(customer.Heap));
        source = zone is null ? ZoneSource.Default : ZoneSource.Context;
        return zone ?? program.Zone;
    }
}
