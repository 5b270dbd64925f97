namespace Triggers.Storage;

/// <summary>
/// Statistics of the events that came in, by day, and examples of what was not as planned. Every process adds to the same rows, so a sum is that of all. What a process had
/// not added when it was killed is lost: seconds of statistics, never an event.
/// </summary>
public interface IQualityStore
{
    /// <summary>
    /// Adds what one process saw, all of it or nothing, and lets go of what is older than the batch says. A batch that is there already changes nothing, so whoever got no answer
    /// adds the same one again.
    /// </summary>
    Task AddAsync(QualityBatch batch);

    /// <summary>The sums of what is not older, whatever their slots; those have 0.</summary>
    IReadOnlyList<QualityCount> Sum(QualityHorizon from);

    /// <summary>Newest first.</summary>
    IReadOnlyList<ViolationExample> Examples(QualityHorizon from);
}

/// <param name="Writer">The process that saw it; random, so that no two share one.</param>
/// <param name="Number">Higher than those of the writer's batches before.</param>
/// <param name="Counts">No two of the same slot, kind, name, path and rule.</param>
public sealed record QualityBatch(string Writer, long Number, QualityHorizon From, IReadOnlyList<QualityCount> Counts, IReadOnlyList<ViolationExample> Examples);

/// <summary>What is not too old to be kept.</summary>
/// <param name="Day">The first day that stays, in days since 1970.</param>
/// <param name="Hour">Of <see cref="QualityKinds.Hour"/> the first hour that stays, in hours since 1970.</param>
/// <param name="Example">Examples that are older, in ms since 1970, go.</param>
public readonly record struct QualityHorizon(long Day, long Hour, long Example)
{
    public bool Holds(QualityCount count) => count.Slot >= (count.Kind == QualityKinds.Hour ? Hour : Day);
}

/// <param name="Slot">The day, or of <see cref="QualityKinds.Hour"/> the hour, since 1970.</param>
/// <param name="Kind">One of <see cref="QualityKinds"/>.</param>
/// <param name="Name">Of the event; empty: of all that are not told apart.</param>
/// <param name="FirstAt">ms since 1970.</param>
/// <param name="LastAt">ms since 1970.</param>
/// <param name="Note">Of the last one.</param>
public sealed record QualityCount(long Slot, string Kind, string Name, string Path, string Rule, long Count, long FirstAt, long LastAt, string Note = "")
{
    /// <summary>The same thing in the same slot, counted once more.</summary>
    public QualityCount Plus(QualityCount other) => (other.LastAt >= LastAt ? other : this) with
    {
        Count = Count + other.Count, FirstAt = Math.Min(FirstAt, other.FirstAt), LastAt = Math.Max(LastAt, other.LastAt),
    };
}

/// <summary>What is counted. Written in tables: append-only.</summary>
public static class QualityKinds
{
    /// <summary>Figures of a name of events: those of a day, those of an hour; the rule is the figure.</summary>
    public const string Name = "name", Hour = "hour";

    /// <summary>Values of a property by type; the rule is the type.</summary>
    public const string Type = "type";

    /// <summary>What was not as planned; the note is what became of the last one, a line feed, and what was expected.</summary>
    public const string Violation = "violation";
}

/// <summary>One event's violation of the tracking plan, with what was found in it.</summary>
/// <param name="Number">Of the writer's examples; with the writer and the instant it tells the example apart.</param>
/// <param name="At">ms since 1970.</param>
/// <param name="CustomerKey">Whose event it was: the example goes when they are erased.</param>
public sealed record ViolationExample(
    long At, string Writer, long Number, string CustomerKey, string Source, string Event, string Path, string Rule, string Expected, string Found, string Action);
