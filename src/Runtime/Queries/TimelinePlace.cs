using System.Globalization;

namespace Triggers.Runtime.Queries;

/// <summary>A place in a timeline, newest first, that stays right when something is added elsewhere in it.</summary>
/// <param name="Ms">Instant of the item before the place.</param>
/// <param name="Count">How many items of that instant stand before the place.</param>
internal readonly record struct TimelinePlace(long Ms, int Count)
{
    /// <param name="end">Behind so many items; at least one.</param>
    public static TimelinePlace Behind(List<TimelineItem> timeline, int end)
    {
        var ms = MsOf(timeline[end - 1]);
        return new TimelinePlace(ms, end - timeline.FindIndex(item => MsOf(item) == ms));
    }

    /// <summary>null: from the start.</summary>
    /// <exception cref="UnknownPlaceException">None that we gave out.</exception>
    public static TimelinePlace? Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return text.Split('-') is { Length: 2 } parts
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new TimelinePlace(ms, count)
            : throw new UnknownPlaceException(text);
    }

    public int IndexIn(List<TimelineItem> timeline)
    {
        var (ms, count) = this;
        return timeline.Count(item => MsOf(item) > ms) + Math.Min(count, timeline.Count(item => MsOf(item) == ms));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Ms}-{Count}");

    private static long MsOf(TimelineItem item) => item.HappenedAt.ToUnixTimeMilliseconds();
}
