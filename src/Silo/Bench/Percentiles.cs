namespace Triggers.Silo.Bench;

/// <summary>Latencies of one kind, in milliseconds.</summary>
/// <param name="Count">How many were measured; the figures are 0 when none was.</param>
public sealed record Percentiles(int Count, double P50, double P95, double P99, double Max)
{
    public static Percentiles Of(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return sorted.Length == 0 ? new Percentiles(0, 0, 0, 0, 0) : new Percentiles(sorted.Length, At(sorted, 0.50), At(sorted, 0.95), At(sorted, 0.99), sorted[^1]);
    }

    /// <summary>Nearest rank.</summary>
    private static double At(double[] sorted, double share) => Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * share) - 1)], 3);
}
