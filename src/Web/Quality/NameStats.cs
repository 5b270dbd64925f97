using System.Text;
using System.Text.Json;
using Triggers.Engine.Text;

namespace Triggers.Web.Quality;

/// <summary>The events of one name: totals, the last 24 hours by the hour, and the types that properties came with.</summary>
internal sealed class NameStats(string name, DateTimeOffset firstAt)
{
    private const int Hours = 24, Figures = 6;
    private const long HourMs = 3_600_000;

    private static readonly string[] s_kinds = ["string", "number", "boolean", "array", "object"];

    private readonly Lock _lock = new();
    private readonly long[] _total = new long[Figures];
    private readonly long[] _byHour = new long[Hours * Figures];
    private readonly long[] _hours = new long[Hours];
    private readonly Dictionary<byte[], long[]> _types = new(Utf8Keys.Comparer);
    private long _seen;

    public string Name { get; } = name;

    public DateTimeOffset FirstAt { get; } = firstAt;

    public void Add(in Sight sight, bool isRepeat, long nowMs)
    {
        var hour = nowMs / HourMs;
        var slot = (int)(hour % Hours);
        lock (_lock)
        {
            var counts = _byHour.AsSpan(slot * Figures, Figures);
            if (_hours[slot] != hour)
            {
                counts.Clear();
                _hours[slot] = hour;
            }

            Count(counts, sight.Flags, isRepeat);
            Count(_total, sight.Flags, isRepeat);
        }
    }

    /// <summary>Looks at the types of the outermost properties of the first events and of each so-manieth after them.</summary>
    public void Look(ReadOnlySpan<byte> properties)
    {
        var number = Interlocked.Increment(ref _seen);
        if (properties.IsEmpty || (number > Limits.QualitySampledFirst && number % Limits.QualitySampledEvery != 0))
        {
            return;
        }

        lock (_lock)
        {
            var known = _types.GetAlternateLookup<ReadOnlySpan<byte>>();
            var reader = new Utf8JsonReader(properties);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var property = reader.ValueSpan;
                reader.Read();
                var kind = KindOf(reader.TokenType);
                reader.Skip();
                if (kind < 0 || property.Length > Limits.NameBytesMax)
                {
                    continue;
                }

                if (!known.TryGetValue(property, out var counts))
                {
                    if (_types.Count == Limits.QualityProperties)
                    {
                        continue;
                    }

                    known[property] = counts = new long[s_kinds.Length];
                }

                counts[kind]++;
            }
        }
    }

    public QualityCounts Total()
    {
        lock (_lock)
        {
            return Of(_total);
        }
    }

    public QualityCounts LastDay(long nowMs)
    {
        var sum = new long[Figures];
        lock (_lock)
        {
            for (var slot = 0; slot < Hours; slot++)
            {
                for (var figure = 0; figure < Figures && nowMs / HourMs - _hours[slot] < Hours; figure++)
                {
                    sum[figure] += _byHour[(slot * Figures) + figure];
                }
            }
        }

        return Of(sum);
    }

    public IReadOnlyList<TypeConflict> Conflicts()
    {
        lock (_lock)
        {
            return
            [
                .. _types.Where(item => item.Value.Count(count => count > 0) > 1).Select(item => new TypeConflict(
                    Encoding.UTF8.GetString(item.Key),
                    s_kinds.Zip(item.Value).Where(pair => pair.Second > 0).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal))).OrderBy(item => item.Property, StringComparer.Ordinal),
            ];
        }
    }

    private static void Count(Span<long> counts, SightFlags flags, bool isRepeat)
    {
        counts[0]++;
        counts[1] += (flags & SightFlags.Anonymous) != 0 ? 1 : 0;
        counts[2] += (flags & SightFlags.GeneratedId) != 0 ? 1 : 0;
        counts[3] += (flags & SightFlags.Skewed) != 0 ? 1 : 0;
        counts[4] += (flags & SightFlags.Violating) != 0 ? 1 : 0;
        counts[5] += isRepeat ? 1 : 0;
    }

    private static QualityCounts Of(long[] counts) => new(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);

    private static int KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.String => 0,
        JsonTokenType.Number => 1,
        JsonTokenType.True or JsonTokenType.False => 2,
        JsonTokenType.StartArray => 3,
        JsonTokenType.StartObject => 4,
        _ => -1,
    };
}
