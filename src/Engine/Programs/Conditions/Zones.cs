using System.Text;
using NodaTime;
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

/// <summary>Whose time zone a date without one is meant in.</summary>
/// <param name="trait">The customer's <c>timezone</c>; null: dates of events, which are meant in UTC.</param>
internal sealed class ZoneOf(Operand? trait)
{
    public DateTimeZone Read(scoped ref Evaluation evaluation)
    {
        if (trait is null)
        {
            return DateTimeZone.Utc;
        }

        var id = trait.Read(ref evaluation);
        return (id.Type == ValueType.Text ? Zones.Find(id.Text) : null) ?? evaluation.Program.Zone;
    }
}
