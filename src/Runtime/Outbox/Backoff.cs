namespace Triggers.Runtime.Outbox;

/// <summary>How long to wait before a message is tried again: doubling, bounded, and spread so that a relay that comes back is not met by all at once.</summary>
internal static class Backoff
{
    /// <param name="attempts">Attempts made so far, at least 1.</param>
    /// <param name="asked">What the other side asked for; the longer wait holds.</param>
    public static TimeSpan After(int attempts, TimeSpan? asked, Random random)
    {
        var doubled = Limits.BackoffFirstMs * Math.Pow(2, Math.Min(attempts - 1, 20));
        var spread = Math.Min(doubled, Limits.BackoffMaxMs) * (0.8 + (random.NextDouble() * 0.4));
        return TimeSpan.FromMilliseconds(Math.Max(spread, asked?.TotalMilliseconds ?? 0));
    }
}
