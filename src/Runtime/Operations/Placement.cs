namespace Triggers.Runtime.Operations;

/// <summary>What an operator wishes of where partitions run.</summary>
public enum PlacementOrder
{
    /// <summary>A node gives its partitions to others, and takes none until it is told otherwise or its process ends.</summary>
    Drain,

    /// <summary>It takes partitions again.</summary>
    Undrain,

    /// <summary>Partitions go to nodes with fewer, now.</summary>
    Rebalance,

    /// <summary>Partitions stay where they are, but for drained and lost nodes.</summary>
    Hold,

    /// <summary>Partitions follow the number of nodes again.</summary>
    Release,
}

/// <summary>How a node stands to the balance of partitions, as texts that people and programs read.</summary>
public static class PlacementStates
{
    public const string Balanced = "balanced";

    public const string Held = "held";

    public const string Drained = "drained";
}

/// <summary>The order cannot be carried out: why, and what to do.</summary>
public sealed class PlacementRefusedException(string message) : Exception(message);
