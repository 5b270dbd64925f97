namespace Triggers.Storage.Tests;

/// <summary>A clock that a test sets, backwards too.</summary>
public sealed class ManualTime : TimeProvider
{
    public const long Start = 1_750_000_000_000;

    public long Ms { get; set; } = Start;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Ms);
}
