namespace Triggers.Web.Tests.Support;

/// <summary>A clock that stands until it is moved.</summary>
public sealed class TestTime : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private long _milliseconds = Start.ToUnixTimeMilliseconds();

    public long Now => Interlocked.Read(ref _milliseconds);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _milliseconds, (long)by.TotalMilliseconds);
}
