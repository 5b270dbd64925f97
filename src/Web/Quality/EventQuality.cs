using System.Collections.Concurrent;
using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Text;
using Triggers.Storage;

namespace Triggers.Web.Quality;

/// <summary>What the events that came in were like, by name: counted here until it is taken, and told of all that was. Bounded.</summary>
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
        _others = new NameStats("");
    }

    /// <summary>The place where events of this name are counted; names beyond the limit share one.</summary>
    public NameStats Of(ReadOnlySpan<byte> name)
    {
        if (_byName.TryGetValue(name, out var known))
        {
            return known;
        }

        return _names.Count >= Limits.QualityNames ? _others : _names.GetOrAdd(name.ToArray(), new NameStats(Encoding.UTF8.GetString(name)));
    }

    public void Add(List<Sight> sights)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var sight in sights)
        {
            sight.Name.Add(sight, _repeats.IsRepeat(sight.Content, sight.Message, now), now);
        }
    }

    /// <summary>Hands over what was counted since the last time.</summary>
    public void Take(Action<QualityCount> into, long nowMs)
    {
        foreach (var stats in _names.Values)
        {
            stats.Take(into, nowMs);
        }

        _others.Take(into, nowMs);
    }

    public QualityView View(TrackingPlan? plan, KeptCounts kept)
    {
        var now = _time.GetUtcNow();
        var since = kept.Since is { } first && first < _since ? first : _since;
        var planned = (plan?.Events ?? []).Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
        var names = kept.Totals.Where(counts => counts.Key.Length > 0).Select(counts => (Name: counts.Key, Total: QualityCounts.Of(counts), FirstAt: KeptCounts.InstantOf(counts.Min(count => count.FirstAt))))
            .OrderByDescending(item => item.Total.Events).ThenBy(item => item.Name, StringComparer.Ordinal).ToList();
        return new QualityView(
            since,
            [.. names.Take(Limits.QualityNames).Select(item => new NameQuality(
                item.Name, planned.Contains(item.Name), item.FirstAt, IsNew(item.FirstAt), Like(item.Name, item.Total.Events),
                item.Total, QualityCounts.Of(kept.LastDay[item.Name]), TypeConflict.In(kept.Types[item.Name])))],
            names.Skip(Limits.QualityNames).Aggregate(QualityCounts.Of(kept.Totals[""]), (sum, item) => sum.Plus(item.Total)));

        // Names of the first hour are not new: nothing was known before.
        bool IsNew(DateTimeOffset firstAt) => firstAt - since > TimeSpan.FromHours(1) && now - firstAt < TimeSpan.FromDays(1);

        IReadOnlyList<string> Like(string name, long events) =>
            planned.Contains(name) ? [] : Suggest.For(name, planned.Concat(names.TakeWhile(other => other.Total.Events >= events * MoreOften).Select(other => other.Name)));
    }
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
