namespace Triggers.Storage.Runs;

/// <summary>How far apart in time runs may lie that are merged: a run leaves as a whole, so with a retention it must not grow to hold all of it.</summary>
internal static class MergeSpan
{
    public const long DayMs = 86_400_000;

    /// <summary>What is kept beyond the retention is at most about this part of it.</summary>
    private const int PartOfRetention = 10;

    public static long OfMs(int retentionDays) => retentionDays <= 0 ? long.MaxValue : Math.Max(1, retentionDays / PartOfRetention) * DayMs;
}
