using System.Collections.Concurrent;
using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Text;

namespace Triggers.Web.Quality;

/// <summary>What the events that came in were like, by name, since this process began. In memory alone, and bounded.</summary>
internal sealed class EventQuality
{
    /// <summary>Names that came more often by this factor are what a rare, similar one may have meant.</summary>
    private const int MoreOften = 10;

    private readonly TimeProvider _time;
    private readonly DateTimeOffset _since;
    private readonly ConcurrentDictionary<byte[], NameStats> _names = new(Utf8Keys.Comparer);
    private readonly ConcurrentDictionary<byte[], NameStats>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private readonly NameStats _others;
    private readonly RepeatSketch _repeats = new();

    public EventQuality(TimeProvider time)
    {
        _time = time;
        _since = time.GetUtcNow();
        _byName = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
        _others = new NameStats("", _since);
    }

    /// <summary>The place where events of this name are counted; names beyond the limit share one.</summary>
    public NameStats Of(ReadOnlySpan<byte> name)
    {
        if (_byName.TryGetValue(name, out var known))
        {
            return known;
        }

        return _names.Count >= Limits.QualityNames ? _others : _names.GetOrAdd(name.ToArray(), new NameStats(Encoding.UTF8.GetString(name), _time.GetUtcNow()));
    }

    public void Add(List<Sight> sights)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var sight in sights)
        {
            sight.Name.Add(sight, _repeats.IsRepeat(sight.Content, sight.Message, now), now);
        }
    }

    public QualityView View(TrackingPlan? plan)
    {
        var now = _time.GetUtcNow();
        var planned = (plan?.Events ?? []).Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
        var names = _names.Values.Select(stats => (Stats: stats, Total: stats.Total())).Where(item => item.Total.Events > 0).OrderByDescending(item => item.Total.Events).ThenBy(item => item.Stats.Name, StringComparer.Ordinal).ToList();
        return new QualityView(
            _since,
            [.. names.Select(item => new NameQuality(
                item.Stats.Name, planned.Contains(item.Stats.Name), item.Stats.FirstAt, IsNew(item.Stats, now), Like(item.Stats.Name, item.Total.Events),
                item.Total, item.Stats.LastDay(now.ToUnixTimeMilliseconds()), item.Stats.Conflicts()))],
            _others.Total());

        IReadOnlyList<string> Like(string name, long events) =>
            planned.Contains(name) ? [] : Suggest.For(name, planned.Concat(names.TakeWhile(other => other.Total.Events >= events * MoreOften).Select(other => other.Stats.Name)));
    }

    /// <summary>Names of the first hour after a start are not new: nothing was known before.</summary>
    private bool IsNew(NameStats stats, DateTimeOffset now) => stats.FirstAt - _since > TimeSpan.FromHours(1) && now - stats.FirstAt < TimeSpan.FromDays(1);
}

/// <summary>What was seen of one event, to be counted when it is durable.</summary>
/// <param name="Content">Hash of customer, name and properties.</param>
/// <param name="Message">Hash of the messageId.</param>
internal readonly record struct Sight(NameStats Name, ulong Content, ulong Message, SightFlags Flags);

[Flags]
internal enum SightFlags : byte
{
    None = 0,
    Anonymous = 1,
    GeneratedId = 2,
    Skewed = 4,
    Violating = 8,
}
