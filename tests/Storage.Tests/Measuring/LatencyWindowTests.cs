using Triggers.Storage.Measuring;

namespace Triggers.Storage.Tests.Measuring;

public sealed class LatencyWindowTests
{
    private readonly SteppedTime _time = new();

    [Fact]
    public void Nothing_recorded_is_nothing() => Assert.Equal(Latency.None, new LatencyWindow(_time).Read());

    [Fact]
    public void Percentiles_are_right_to_an_eighth()
    {
        var window = new LatencyWindow(_time);
        var random = new Random(3);
        var values = Enumerable.Range(0, 5_000).Select(_ => Math.Exp(random.NextDouble() * 14)).Order().ToArray();
        foreach (var microseconds in values)
        {
            window.Record(TimeSpan.FromMicroseconds(microseconds));
        }

        var read = window.Read();

        Assert.Equal(values.Length, read.Count);
        foreach (var (share, found) in new[] { (0.5, read.P50Ms), (0.95, read.P95Ms), (0.99, read.P99Ms) })
        {
            var exact = values[(int)Math.Ceiling(values.Length * share) - 1] / 1000;
            Assert.InRange(found, (exact * 0.99) - 0.001, (exact * 1.126) + 0.001);
        }

        Assert.Equal(values[^1] / 1000, read.MaxMs, 0.002);
    }

    [Fact]
    public void What_is_older_than_a_minute_is_gone_and_a_shorter_look_back_sees_less()
    {
        var window = new LatencyWindow(_time);
        window.Record(TimeSpan.FromMilliseconds(1));
        _time.Seconds += 30;
        window.Record(TimeSpan.FromMilliseconds(2));

        Assert.Equal((2, 1), (window.Read().Count, window.Read(seconds: 5).Count));
        _time.Seconds += 40;
        Assert.Equal((1, 2.0), (window.Read().Count, window.Read().MaxMs));
        _time.Seconds += 3_600;
        Assert.Equal(Latency.None, window.Read());
    }

    [Fact]
    public void Every_value_is_in_the_bucket_that_ends_at_or_above_it()
    {
        for (ulong value = 0; value < 70_000; value++)
        {
            var bucket = LatencyWindow.BucketOf(value);
            Assert.InRange(value, bucket == 0 ? 0 : LatencyWindow.UpperOf(bucket - 1) + 1, LatencyWindow.UpperOf(bucket));
        }
    }

    private sealed class SteppedTime : TimeProvider
    {
        public long Seconds { get; set; } = 1_000;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
