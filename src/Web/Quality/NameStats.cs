using System.Text;
using System.Text.Json;
using Triggers.Engine.Text;
using Triggers.Storage;

namespace Triggers.Web.Quality;

/// <summary>The events of one name since they were last taken, by the hour, and the types that properties came with.</summary>
internal sealed class NameStats(string name)
{
    /// <summary>In the order of <see cref="QualityCounts"/>. Written in tables: append-only.</summary>
    public static readonly string[] Figures = ["events", "anonymous", "generatedIds", "clockSkew", "violating", "likelyDuplicates"];

    /// <summary>Written in tables: append-only.</summary>
    public static readonly string[] Types = ["string", "number", "boolean", "array", "object"];

    private readonly Lock _lock = new();
    private readonly List<HourCounts> _hours = [];
    private readonly Dictionary<byte[], long[]> _types = new(Utf8Keys.Comparer);
    private long _seen;

    public string Name { get; } = name;

    public void Add(in Sight sight, bool isRepeat, long nowMs)
    {
        var hour = KeptCounts.HourOf(nowMs);
        lock (_lock)
        {
            if (_hours.Count == 0 || _hours[^1].Hour != hour)
            {
                _hours.Add(new HourCounts(hour, nowMs));
            }

            var counts = _hours[^1];
            counts.LastAt = nowMs;
            Count(counts.Figures, sight.Flags, isRepeat);
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

                    known[property] = counts = new long[Types.Length];
                }

                counts[kind]++;
            }
        }
    }

    /// <summary>Hands over what was counted since the last time.</summary>
    public void Take(Action<QualityCount> into, long nowMs)
    {
        lock (_lock)
        {
            foreach (var counts in _hours)
            {
                for (var figure = 0; figure < Figures.Length; figure++)
                {
                    if (counts.Figures[figure] > 0)
                    {
                        var count = new QualityCount(counts.Hour, QualityKinds.Hour, Name, "", Figures[figure], counts.Figures[figure], counts.FirstAt, counts.LastAt);
                        into(count);
                        into(count with { Slot = counts.Hour / 24, Kind = QualityKinds.Name });
                    }
                }
            }

            _hours.Clear();
            foreach (var (property, counts) in _types)
            {
                for (var kind = 0; kind < counts.Length; kind++)
                {
                    if (counts[kind] > 0)
                    {
                        into(new QualityCount(KeptCounts.WeekOf(nowMs), QualityKinds.Type, Name, Encoding.UTF8.GetString(property), Types[kind], counts[kind], nowMs, nowMs));
                        counts[kind] = 0;
                    }
                }
            }
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

    private static int KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.String => 0,
        JsonTokenType.Number => 1,
        JsonTokenType.True or JsonTokenType.False => 2,
        JsonTokenType.StartArray => 3,
        JsonTokenType.StartObject => 4,
        _ => -1,
    };

    private sealed class HourCounts(long hour, long firstAt)
    {
        public long Hour { get; } = hour;

        public long[] Figures { get; } = new long[NameStats.Figures.Length];

        public long FirstAt { get; } = firstAt;

        public long LastAt { get; set; }
    }
}
