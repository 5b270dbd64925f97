namespace Triggers.Grains;

/// <summary>Tells whether this build carries the cluster host. Orleans' packages do not restore everywhere; a build without them has the embedded host alone.</summary>
public static class ClusterHost
{
#if WITH_ORLEANS
    public const bool IsAvailable = true;
#else
    public const bool IsAvailable = false;
#endif

    /// <summary>For the line that the program prints at start.</summary>
    public static string Describe() => IsAvailable ? "embedded" : "embedded (this build has no Orleans)";
}
