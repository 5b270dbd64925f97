namespace Triggers.Runtime.Fills;

/// <summary>What is being filled from history, and what has been.</summary>
public interface IFills
{
    /// <summary>Those under way and to come, in their order, then those that are done, the latest first.</summary>
    IReadOnlyList<FillView> List();
}

/// <summary>How a fill stands, as texts that people and programs read.</summary>
public static class FillStates
{
    public const string Waiting = "waiting";

    public const string Filling = "filling";

    /// <summary>Live events come first: the loops lag behind them.</summary>
    public const string Held = "held";

    public const string Done = "done";
}

/// <summary>What a version introduced, being looked for in the past. camelCase in JSON.</summary>
/// <param name="Version">Of the definitions that introduced it.</param>
/// <param name="State">One of <see cref="FillStates"/>.</param>
/// <param name="Percent">Of the customers, 0 to 100.</param>
/// <param name="Customers">Gone through by this process, or by the one that finished it.</param>
/// <param name="Filled">Of those, who did something of what was introduced.</param>
/// <param name="Records">Read by this process.</param>
/// <param name="RecordsPerSecond">Of this process, since it began.</param>
/// <param name="SecondsLeft">About; null: not known yet, or done.</param>
/// <param name="HistoryFrom">Where the log begins, if older records were dropped: what was before is not known. null: all is there.</param>
/// <param name="Segments">Ids of those that are collecting until it is done.</param>
/// <param name="FilledIn">The version with which it took effect; null: not yet.</param>
public sealed record FillView(
    int Version, string State, double Percent, long Customers, long Filled, long Records, long RecordsPerSecond, long? SecondsLeft, DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt, DateTimeOffset? HistoryFrom, IReadOnlyList<string> Segments, int? FilledIn);
