using Triggers.Storage;

namespace Triggers.Web.Quality;

/// <summary>What the events that came in were like.</summary>
/// <param name="Since">From when on is counted, at most the last 30 days.</param>
/// <param name="Names">By name; the most frequent first.</param>
/// <param name="OtherNames">All further names together, when there were too many to tell apart.</param>
public sealed record QualityView(DateTimeOffset Since, IReadOnlyList<NameQuality> Names, QualityCounts OtherNames);

/// <param name="Name">Of a track event, or <c>page</c>, <c>screen</c>, <c>identify</c>, <c>group</c>.</param>
/// <param name="IsNew">First seen within the last day, and more than an hour after counting began.</param>
/// <param name="Like">Planned names, and names that came ten times as often, that are similar; none for a planned one.</param>
/// <param name="LastDay">In the last 24 hours, by the hour.</param>
/// <param name="TypeConflicts">Properties that came with values of several types, in a sample of the events.</param>
public sealed record NameQuality(
    string Name, bool IsPlanned, DateTimeOffset FirstAt, bool IsNew, IReadOnlyList<string> Like, QualityCounts Total, QualityCounts LastDay, IReadOnlyList<TypeConflict> TypeConflicts);

/// <param name="Anonymous">Without a userId.</param>
/// <param name="GeneratedIds">That came without a messageId and so cannot be recognised when they come again.</param>
/// <param name="ClockSkew">Whose sentAt is more than five minutes off, or whose timestamp, without sentAt, lies further in the future than that.</param>
/// <param name="Violating">That were not as the tracking plan has it.</param>
/// <param name="LikelyDuplicates">Same customer, name and properties as another within seconds, under another messageId.</param>
public sealed record QualityCounts(long Events, long Anonymous, long GeneratedIds, long ClockSkew, long Violating, long LikelyDuplicates)
{
    internal static QualityCounts Of(IEnumerable<QualityCount> counts)
    {
        var sums = new long[NameStats.Figures.Length];
        foreach (var count in counts)
        {
            var figure = Array.IndexOf(NameStats.Figures, count.Rule);
            if (figure >= 0)
            {
                sums[figure] += count.Count;
            }
        }

        return new QualityCounts(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]);
    }

    internal QualityCounts Plus(QualityCounts other) => new(
        Events + other.Events, Anonymous + other.Anonymous, GeneratedIds + other.GeneratedIds, ClockSkew + other.ClockSkew, Violating + other.Violating, LikelyDuplicates + other.LikelyDuplicates);
}

/// <param name="Types">How often each type was seen, in the sample.</param>
public sealed record TypeConflict(string Property, IReadOnlyDictionary<string, long> Types)
{
    /// <summary>The properties that came with values of more than one type.</summary>
    internal static IReadOnlyList<TypeConflict> In(IEnumerable<QualityCount> counts) =>
    [
        .. counts.GroupBy(count => count.Path, StringComparer.Ordinal).Select(property => new TypeConflict(
            property.Key, NameStats.Types.Select(type => (Type: type, Times: property.Where(count => count.Rule == type).Sum(count => count.Count))).Where(item => item.Times > 0)
                .ToDictionary(item => item.Type, item => item.Times, StringComparer.Ordinal)))
            .Where(conflict => conflict.Types.Count > 1).OrderBy(conflict => conflict.Property, StringComparer.Ordinal),
    ];
}
