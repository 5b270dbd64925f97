using Triggers.Storage;

namespace Triggers.Web.Quality;

/// <summary>All that is known of the events of the last days: what the store has of every process, and what this one has not written yet.</summary>
/// <param name="counts">The same thing may come several times.</param>
internal sealed class KeptCounts(IReadOnlyList<QualityCount> counts)
{
    private const long HourMs = 3_600_000, DayMs = 24 * HourMs;

    /// <summary>When the first of them was counted; null: there are none.</summary>
    public DateTimeOffset? Since { get; } = counts.Count == 0 ? null : InstantOf(counts.Min(count => count.FirstAt));

    /// <summary>Figures by name of event.</summary>
    public ILookup<string, QualityCount> Totals { get; } = Of(counts, QualityKinds.Name);

    /// <summary>Those of the last 24 hours.</summary>
    public ILookup<string, QualityCount> LastDay { get; } = Of(counts, QualityKinds.Hour);

    /// <summary>Types of properties by name of event.</summary>
    public ILookup<string, QualityCount> Types { get; } = Of(counts, QualityKinds.Type);

    public IEnumerable<QualityCount> Violations { get; } = counts.Where(count => count.Kind == QualityKinds.Violation);

    public static long DayOf(long ms) => ms / DayMs;

    public static long HourOf(long ms) => ms / HourMs;

    /// <summary>The first day of seven: types are kept by the week, since most properties have one, day after day.</summary>
    public static long WeekOf(long ms) => DayOf(ms) - (DayOf(ms) % 7);

    public static DateTimeOffset InstantOf(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    /// <summary>The last 30 days, the last 24 hours, and examples of one day.</summary>
    public static QualityHorizon HorizonAt(long ms)
        => new(DayOf(ms) - Limits.QualityDays + 1, HourOf(ms) - 23, ms - (long)Limits.NewestViolationsAge.TotalMilliseconds);

    private static ILookup<string, QualityCount> Of(IReadOnlyList<QualityCount> counts, string kind)
        => counts.Where(count => count.Kind == kind).ToLookup(count => count.Name, StringComparer.Ordinal);
}
