using Triggers.Storage.Measuring;

namespace Triggers.Storage;

/// <summary>Whether a store takes data, and if not, why: what health checks ask.</summary>
/// <param name="Reason">For people; empty while it takes data.</param>
public readonly record struct StoreCondition(StoreMode Mode, string Reason)
{
    public static StoreCondition Taking { get; } = new(StoreMode.Taking, "");
}

public enum StoreMode
{
    Taking = 1,

    /// <summary>The disk is full or the server is away: it goes on by itself when that ends.</summary>
    Refusing = 2,

    /// <summary>Its writer ended: only a new start of the process helps.</summary>
    Ended = 3,
}

/// <summary>What a store takes and what waits in it.</summary>
/// <param name="Engine"><c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="QueueBytes">Events that wait for the writer.</param>
/// <param name="Sizes">Bytes on disk, by part.</param>
/// <param name="RunsBacklog">Records that are not in sorted runs yet.</param>
/// <param name="Transactions">Of the writers.</param>
public sealed record StoreFigures(string Engine, long QueueBytes, IReadOnlyDictionary<string, long> Sizes, long RunsBacklog, Latency Transactions, IReadOnlyList<UpkeepFigures> Upkeep);

/// <summary>A piece of background work, as of now.</summary>
/// <param name="Steps">That did something, since the start of the process.</param>
/// <param name="LastAt">End of the last one, ms since 1970; 0: there was none.</param>
/// <param name="LastError">Empty: the last step did not fail.</param>
public sealed record UpkeepFigures(string Name, long Steps, long LastAt, double LastMs, long Failures, string LastError);

/// <summary>Queued messages of one channel.</summary>
/// <param name="OldestDecidedAt">ms since 1970.</param>
public sealed record ChannelDepth(string Channel, long Count, long OldestDecidedAt);
