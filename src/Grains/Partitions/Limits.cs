namespace Triggers.Grains.Partitions;

/// <summary>Every bound of the cluster host, each with its reason and what happens when it is reached.</summary>
internal static class Limits
{
    /// <summary>Calls to customers under way for one partition: enough to keep every core of a silo busy; the rest of the batch waits for these.</summary>
    public const int CallsAtOnce = 1024;

    /// <summary>What a customer's grain takes beside its lists: the activation, the object and its line in the account of its partition.</summary>
    public const int GrainBytes = 3_000;

    /// <summary>Customers looked at for eviction after one commit.</summary>
    public const int EvictionLooks = 4096;

    /// <summary>Attempts to take a partition over while its earlier owner still commits; then the loop begins again a little later.</summary>
    public const int ClaimAttempts = 5;
}
